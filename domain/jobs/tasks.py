"""What a solver process can be asked to do, by name."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TypeAlias, cast

Report: TypeAlias = Callable[[bytes], None]
Task: TypeAlias = Callable[[bytes, Report], bytes]

TASKS: Mapping[str, str] = {
    "engine.warm_up": "domain.jobs.warming:warm_up",
    "plan.frontier": "domain.planning.splitting:frontier_task",
    "plan.funding": "domain.planning.funding:funding_task",
    "plan.marginal": "domain.planning.funding:marginal_task",
    "plan.schedule": "domain.planning.placing:schedule_task",
    "plan.starting": "domain.planning.starting:starting_task",
    "plan.select": "domain.planning.selecting:select_task",
    "scenario.solve": "domain.scenario.solving:solve_task",
}
"""Name of a task -> ``module:function``, a pure function from bytes to bytes that may report progress."""


def resolve(path: str) -> Task:
    """The function that a ``module:function`` path names."""
    module, _, function = path.partition(":")
    return cast("Task", getattr(import_module(module), function))
