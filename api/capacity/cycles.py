"""The cycle that an argument names."""

from api.context import Context
from api.inputs import decoded
from domain.errors import NotFound
from domain.rows import CycleRow


def cycle_named(context: Context, cycle: str) -> CycleRow:
    """The cycle with this global id, archived or not.

    Raises
    ------
    NotFound
        When there is none.
    """
    row = context.directory.cycles.get(decoded("Cycle", cycle, "cycle"))
    if row is None:
        raise NotFound("There is no cycle with this id.", path=("cycle",))
    return row
