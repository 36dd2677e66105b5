"""Use cases about what delaying an initiative costs; with a version of its own for compare-and-swap."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.cost_of_delay import CostOfDelayClear, CostOfDelaySet
from domain.db import Database, transaction
from domain.entities import in_use, upsert
from domain.enums import UrgencyProfile
from domain.errors import Conflict, InvalidInput, NotFound
from domain.estimates import refuse_disorder
from domain.models import CostOfDelay, Initiative, metadata
from domain.rows import CostOfDelayRow, columns

_COSTS = metadata.tables["cost_of_delay"]
_LIFE = ("life_weeks", "peak_week")

REQUIRED_PARAMETERS: Final[Mapping[UrgencyProfile, tuple[str, ...]]] = MappingProxyType(
    {
        UrgencyProfile.LINEAR: (),
        UrgencyProfile.FIXED_DATE: ("deadline",),
        UrgencyProfile.SHORT_LIFE_PEAK_AFFECTED: _LIFE,
        UrgencyProfile.LONG_LIFE_PEAK_AFFECTED: _LIFE,
        UrgencyProfile.LONG_LIFE_PEAK_NOT_AFFECTED: _LIFE,
        UrgencyProfile.INTANGIBLE: ("ramp_weeks",),
    }
)
"""What a profile needs besides the rate."""

OPTIONAL_PARAMETERS: Final[Mapping[UrgencyProfile, tuple[str, ...]]] = MappingProxyType(
    {UrgencyProfile.FIXED_DATE: ("step_minor", "ramp_weeks")}
)
"""What a profile may have besides; whatever else is given means nothing to it, and is refused."""

_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "deadline": "deadline",
        "step_minor": "stepMinor",
        "ramp_weeks": "rampWeeks",
        "life_weeks": "lifeWeeks",
        "peak_week": "peakWeek",
    }
)


async def set_cost_of_delay(database: Database, actor: Actor, command: CostOfDelaySet) -> CostOfDelayRow:
    """Say what a week of delay costs, in place of what was said before.

    Raises
    ------
    InvalidInput
        When the profile lacks a parameter or is given one that means nothing to it; when the rates are out
        of order, the peak is not before the end of life, or the initiative is archived.
    NotFound, Conflict
        When there is no such initiative; when the version of its cost of delay moved on.
    """
    refuse_misfit(command)
    refuse_disorder(
        command.rate_minor_per_week_low,
        command.rate_minor_per_week_likely,
        command.rate_minor_per_week_high,
        field="rateMinorPerWeek",
    )
    async with transaction(database, actor) as session:
        initiative = await in_use(
            session, actor, Initiative, command.initiative_id, path=("initiativeId",), alone=True
        )
        _refuse_stale(command.expected_version, await _stored(session, actor, initiative))
        values = {
            "organisation_id": actor.organisation_id,
            "portfolio_id": initiative.portfolio_id,
            **command.model_dump(exclude={"expected_version"}),
        }
        await session.execute(upsert(CostOfDelay, [values], key=("organisation_id", "initiative_id")))
        query = _of(actor, initiative)
        return CostOfDelayRow._make((await session.execute(query)).one())


async def clear_cost_of_delay(database: Database, actor: Actor, command: CostOfDelayClear) -> CostOfDelayRow:
    """Make an initiative's cost of delay unknown again, and return it as it was. Unknown is not 0.

    Raises
    ------
    NotFound, InvalidInput, Conflict
        When there is no such initiative or it has no cost of delay; when it is archived; when the version
        moved on.
    """
    async with transaction(database, actor) as session:
        initiative = await in_use(
            session, actor, Initiative, command.initiative_id, path=("initiativeId",), alone=True
        )
        row = await _stored(session, actor, initiative)
        if row is None:
            raise NotFound("The initiative's cost of delay is unknown already.", path=("initiativeId",))
        _refuse_stale(command.expected_version, row)
        await session.execute(
            sa.delete(_COSTS).where(
                _COSTS.c.organisation_id == actor.organisation_id, _COSTS.c.initiative_id == initiative.id
            )
        )
        return row


def refuse_misfit(command: CostOfDelaySet) -> None:
    """Raise ``InvalidInput`` unless the parameters are those that the profile needs, and in order."""
    profile = command.profile
    required = REQUIRED_PARAMETERS[profile]
    missing = [_FIELDS[name] for name in required if getattr(command, name) is None]
    if missing:
        raise InvalidInput(
            f"The profile {profile.value} needs {' and '.join(missing)}; give it or choose another profile.",
            path=(missing[0],),
        )
    allowed = {*required, *OPTIONAL_PARAMETERS.get(profile, ())}
    for name, field in _FIELDS.items():
        if name not in allowed and getattr(command, name) is not None:
            raise InvalidInput(
                f"{field} means nothing to the profile {profile.value}; leave it out, or choose a profile"
                " that uses it.",
                path=(field,),
            )
    peak, life = command.peak_week, command.life_weeks
    if peak is not None and life is not None and peak >= life:
        raise InvalidInput(
            f"The peak (week {peak:g}) must be before the end of life (week {life:g}).",
            path=("peakWeek",),
        )


def _refuse_stale(expected: int | None, row: CostOfDelayRow | None) -> None:
    actual = 0 if row is None else row.version
    if expected is not None and expected != actual:
        state = f"is at version {actual}" if row is not None else "is unknown (version 0)"
        raise Conflict(
            f"The initiative's cost of delay {state}, not at {expected}: somebody changed it meanwhile. Read"
            " it again and decide anew.",
            expected_version=expected,
            actual_version=actual,
            path=("expectedVersion",),
        )


async def _stored(session: AsyncSession, actor: Actor, initiative: Initiative) -> CostOfDelayRow | None:
    row = (await session.execute(_of(actor, initiative))).one_or_none()
    return None if row is None else CostOfDelayRow._make(row)


def _of(actor: Actor, initiative: Initiative) -> sa.Select[tuple[object, ...]]:
    return sa.select(*columns(CostOfDelay, CostOfDelayRow)).where(
        _COSTS.c.organisation_id == actor.organisation_id, _COSTS.c.initiative_id == initiative.id
    )
