"""Which jobs there are: by name, so that whoever defers one need not import what does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, TypeAlias
from uuid import UUID

from domain.db import Database
from domain.jobs.solver import SolverPool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobServices:
    """What a job works with. ``now`` is the clock, which tests set."""

    database: Database
    solver: SolverPool
    now: Callable[[], datetime]


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
    ``cron`` has five fields, or six with seconds at the end.
    """

    name: str
    cron: str
    function: str


JobFunction: TypeAlias = Callable[..., Awaitable[None]]
PeriodicFunction: TypeAlias = Callable[[JobServices, UUID, datetime], Awaitable[None]]

JOBS: tuple[Job, ...] = ()

PERIODIC: tuple[Periodic, ...] = (
    # breaches escalate by the hour, so a minute late is on time
    Periodic(name="kpi_escalation", cron="* * * * *", function="domain.kpi.periodic:take_due_steps"),
)


def resolve(path: str) -> Any:
    """The function that a ``module:function`` path names."""
    module, _, function = path.partition(":")
    return getattr(import_module(module), function)
