"""A budget of cost points per token: a leaky bucket in the memory of this process.

With several processes behind a balancer each has its own buckets, so that a token may spend up to the budget
in every one of them: it bounds what one process does for one token, and is no billing.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from api.errors import BudgetExhausted


@dataclass(slots=True, kw_only=True)
class CostBudget:
    """How many points a token may spend at once, and how fast they come back.

    Parameters
    ----------
    capacity
        Points that an unused token can spend at once.
    per_minute
        Points that come back per minute.
    max_keys
        Tokens to remember; beyond, the one that was used longest ago is forgotten and starts anew.
    clock
        Seconds since the epoch.
    """

    capacity: int = 1_000_000
    per_minute: int = 1_000_000
    max_keys: int = 10_000
    clock: Callable[[], float] = time.time
    _levels: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict, init=False)

    def __post_init__(self) -> None:
        if self.capacity < 1 or self.per_minute < 1 or self.max_keys < 1:
            raise ValueError("capacity, per_minute and max_keys must be at least 1")

    def spend(self, key: str, points: int) -> None:
        """Take ``points`` from the budget of ``key``.

        Raises
        ------
        BudgetExhausted
            If they are not there; nothing is taken then. Its extensions say in how many seconds they will be
            (``retryAfter``), and when the whole budget will be back (``resetAt``).
        """
        now = self.clock()
        rate = self.per_minute / 60
        level, since = self._levels.get(key, (0.0, now))
        level = max(0.0, level - max(0.0, now - since) * rate)
        if level + points > self.capacity:
            self._remember(key, level, now)
            retry_after = math.ceil((level + points - self.capacity) / rate)
            reset_at = datetime.fromtimestamp(math.ceil(now + level / rate), tz=UTC)
            raise BudgetExhausted(
                f"The operation costs {points} points, and {math.floor(self.capacity - level)} of "
                f"{self.capacity} are left. Try again in {retry_after} s.",
                requested=points,
                limit=self.capacity,
                retryAfter=retry_after,
                resetAt=reset_at.isoformat().replace("+00:00", "Z"),
            )
        self._remember(key, level + points, now)

    def _remember(self, key: str, level: float, now: float) -> None:
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        if len(self._levels) > self.max_keys:
            self._levels.popitem(last=False)
