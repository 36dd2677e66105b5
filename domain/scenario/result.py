"""What solving a scenario's input has led to, self-sufficient: what it shows needs nothing but itself."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from domain.enums import InitiativeState, ScoringMethod
from domain.errors import InvalidInput
from domain.planning.reasons import UnfundedReason
from domain.planning.timing import Gap
from domain.scenario.vocabulary import Proof

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A limit that an initiative, with what it needs, would exceed: person-weeks it takes, and those left."""

    resource: int
    category_id: UUID | None
    needed: float
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInitiative:
    """An initiative in a plan.

    ``value`` is None where unknown. ``reasons`` and what follows say why it is not funded. ``starts_on`` and
    ``finishes_on`` are None for what is not scheduled; ``gaps`` say why something funded is not. ``needs`` are
    person-weeks that remain, by resource. ``delay_minor`` is what its finish costs against finishing on the
    first day; None where nothing is known of it.
    """

    id: UUID
    title: str
    state: InitiativeState
    category_id: UUID | None
    value: float | None
    mandatory: bool
    in_flight: bool
    funded: bool
    reasons: tuple[UnfundedReason, ...] = ()
    prerequisites: tuple[UUID, ...] = ()
    rivals: tuple[UUID, ...] = ()
    lacks: tuple[Lack, ...] = ()
    starts_on: date | None = None
    finishes_on: date | None = None
    gaps: tuple[Gap, ...] = ()
    delay_minor: float | None = None
    needs: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceUse:
    """A team, or a skill of it: person-weeks in the rest of the cycle, and by period.

    ``capacity`` is None where nobody has stated it. ``used`` is what funded work, work in flight and other
    portfolios take; ``period_used`` what of it is scheduled.
    """

    team_id: UUID
    team: str
    skill: str
    capacity: float | None
    used: float
    period_capacity: tuple[float | None, ...]
    period_used: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultOutlook:
    """Where a key result is expected to end: current + Σ delta × confidence of what finishes, up to the target.

    Progress is (value − start) / (target − start), clamped to 0..1.
    """

    id: UUID
    title: str
    start: float
    target: float
    current: float
    expected: float
    progress: float
    expected_progress: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A sum, what is proven about it, and the distance as a share of the greater one."""

    value: float
    bound: float | None
    gap: float | None
    status: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRisk:
    """A team under uncertain estimates: how likely it is over its capacity, and by how much on average."""

    team_id: UUID
    probability: float
    expected_overrun: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishRange:
    """Half of the samples finish an initiative by ``p50``, four fifths by ``p80``; None: after the cycle."""

    id: UUID
    p50: date | None
    p80: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How likely a plan holds under uncertain estimates."""

    samples: int
    seed: int
    probability: float
    standard_error: float
    teams: tuple[TeamRisk, ...]
    finishes: tuple[FinishRange, ...]


@dataclass(frozen=True, kw_only=True)
class PlanResult:
    """A solved input.

    ``unscheduled`` says what has to be done and can't be by its dates; ``schedule`` is None when there is none.
    ``delay_minor`` counts all open initiatives: those that are not finished within the cycle as begun when it
    ends; None where nobody has stated any cost of delay.
    """

    format: int = FORMAT
    fingerprint: str
    method: ScoringMethod
    currency: str
    periods: tuple[tuple[date, date], ...]
    selection: Proven
    schedule: Proven | None
    unscheduled: str | None
    delay_minor: float | None
    initiatives: tuple[PlannedInitiative, ...]
    resources: tuple[ResourceUse, ...]
    key_results: tuple[KeyResultOutlook, ...]
    outlook: Outlook | None = field(default=None)

    @cached_property
    def by_id(self) -> dict[UUID, PlannedInitiative]:
        """The initiatives by id."""
        return {item.id: item for item in self.initiatives}

    @cached_property
    def funded(self) -> tuple[PlannedInitiative, ...]:
        """What is funded and not in flight already: by start, then by title; the unscheduled last."""
        chosen = [item for item in self.initiatives if item.funded and not item.in_flight]
        return tuple(sorted(chosen, key=_by_start))

    @cached_property
    def in_flight(self) -> tuple[PlannedInitiative, ...]:
        """What goes on, by title."""
        return tuple(sorted((item for item in self.initiatives if item.in_flight), key=_by_title))

    @cached_property
    def unfunded(self) -> tuple[PlannedInitiative, ...]:
        """What is not funded: the most valuable first, those of unknown value last."""
        left = [item for item in self.initiatives if not item.funded]
        return tuple(sorted(left, key=lambda item: (item.value is None, -(item.value or 0), item.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An input that can't be planned, and why, for a person to read."""

    refusal: str


_RESULT: TypeAdapter[PlanResult] = TypeAdapter(PlanResult)


def encode_result(result: PlanResult) -> bytes:
    """A result as canonical JSON: equal results are equal bytes."""
    # a copy, without what has been derived from it
    return orjson.dumps(replace(result), option=orjson.OPT_SORT_KEYS)


def encode_refusal(message: str) -> bytes:
    """What is kept of an input that can't be planned."""
    return orjson.dumps(Refused(refusal=message))


def decode_result(content: bytes) -> PlanResult | Refused:
    """The result that ``encode_result``, or ``encode_refusal``, has turned into these bytes.

    Raises
    ------
    InvalidInput
        When they are in a form that this program does not know yet.
    """
    given = orjson.loads(content)
    if "refusal" in given:
        return Refused(refusal=given["refusal"])
    if given["format"] != FORMAT:
        raise InvalidInput(
            "This scenario was solved by a newer version of Stepchange; upgrade, or solve it again."
        )
    return _RESULT.validate_json(content)


def _by_start(item: PlannedInitiative) -> tuple[bool, date, str, UUID]:
    return (item.starts_on is None, item.starts_on or date.max, item.title, item.id)


def _by_title(item: PlannedInitiative) -> tuple[str, UUID]:
    return (item.title, item.id)
