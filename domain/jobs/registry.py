"""Which jobs there are: by name, so that whoever defers one need not import what does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, TypeAlias
from uuid import UUID

from domain.db import Database
from domain.jobs.solver import SolverPool
from domain.webhook.gathering import Describe, describe_plainly


@dataclass(frozen=True, slots=True, kw_only=True)
class JobServices:
    """What a job works with.

    ``now`` is the clock, which tests set. ``describe_change`` says what a webhook is told of a change, and
    ``calls_private_addresses`` whether webhooks may lie in private networks.
    """

    database: Database
    solver: SolverPool
    now: Callable[[], datetime]
    describe_change: Describe = describe_plainly
    calls_private_addresses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A kind of job; ``function`` and ``abandoned`` are ``module:function`` paths.

    ``function(services, **arguments)`` does it. A job whose worker died is done again by another one, up to
    ``attempts`` times in all; then ``abandoned(services, **arguments)`` is called, to say so where people
    look. An error that the function raises ends the job: expected ones are for it to record.
    """

    name: str
    function: str
    abandoned: str
    attempts: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """A step that is due again and again, for every organisation; done once over all workers.

    ``function(services, organisation_id, now)`` does what is due at ``now``, also what was missed before.
    ``cron`` has five fields, or six with seconds at the end. ``among`` names a table of which periodic work
    may see who has rows in it: the others are left out.
    """

    name: str
    cron: str
    function: str
    among: str = "organisation"


JobFunction: TypeAlias = Callable[..., Awaitable[None]]
PeriodicFunction: TypeAlias = Callable[[JobServices, UUID, datetime], Awaitable[None]]

JOBS: tuple[Job, ...] = (
    Job(
        name="scenario.solve",
        function="domain.scenario.job:solve_run",
        abandoned="domain.scenario.job:abandon_run",
    ),
)

PERIODIC: tuple[Periodic, ...] = (
    # breaches escalate by the hour, so a minute late is on time
    Periodic(name="kpi_escalation", cron="* * * * *", function="domain.kpi.periodic:take_due_steps"),
    # weeks are over on Mondays; policies begin to hold on any day
    Periodic(name="drift_alerts", cron="20 3 * * *", function="domain.drift.periodic:open_due_alerts"),
    Periodic(
        name="webhooks",
        cron="* * * * * */5",
        function="domain.webhook.periodic:tell_webhooks",
        among="webhook_state",
    ),
)


def resolve(path: str) -> Any:
    """The function that a ``module:function`` path names."""
    module, _, function = path.partition(":")
    return getattr(import_module(module), function)
