"""What a week of delay costs."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.cost_of_delay import CostOfDelayClear, CostOfDelaySet
from domain.cost_of_delay import clear_cost_of_delay, set_cost_of_delay
from domain.db import Database
from domain.enums import UrgencyProfile
from domain.errors import Conflict, InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.rows import CostOfDelayRow, InitiativeRow
from tests.factories import an_initiative, an_organisation
from tests.trail import trail, written

_DATE = date(2026, 11, 1)
_FITTING: dict[UrgencyProfile, dict[str, Any]] = {
    UrgencyProfile.LINEAR: {},
    UrgencyProfile.FIXED_DATE: {"deadline": _DATE, "step_minor": 5_000_000, "ramp_weeks": 4},
    UrgencyProfile.SHORT_LIFE_PEAK_AFFECTED: {"life_weeks": 40, "peak_week": 0},
    UrgencyProfile.LONG_LIFE_PEAK_AFFECTED: {"life_weeks": 300, "peak_week": 52},
    UrgencyProfile.LONG_LIFE_PEAK_NOT_AFFECTED: {"life_weeks": 300, "peak_week": 52.5},
    UrgencyProfile.INTANGIBLE: {"ramp_weeks": 26},
}


def _command(initiative: InitiativeRow, profile: UrgencyProfile, **values: Any) -> CostOfDelaySet:
    fixed = {"initiative_id": initiative.id, "profile": profile, "currency": "EUR"}
    return CostOfDelaySet(**{**fixed, "rate_minor_per_week_likely": 10_000, **values})


@pytest.mark.parametrize("profile", list(UrgencyProfile))
async def test_every_profile_is_stored_with_its_parameters(
    database: Database, profile: UrgencyProfile
) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    values = _FITTING[profile] | {"rate_minor_per_week_low": 0.0, "rate_minor_per_week_high": 20_000.0}
    row = await set_cost_of_delay(database, actor, _command(initiative, profile, **values))
    parameters = ("deadline", "step_minor", "ramp_weeks", "life_weeks", "peak_week")
    assert row._asdict() == {
        **dict.fromkeys(parameters),
        **values,
        "initiative_id": initiative.id,
        "profile": profile,
        "currency": "EUR",
        "rate_minor_per_week_likely": 10_000,
        "version": 1,
        "updated_at": row.updated_at,
    }


@pytest.mark.parametrize(
    ("profile", "values", "path", "message"),
    [
        (
            UrgencyProfile.FIXED_DATE,
            {"step_minor": 5},
            "deadline",
            "The profile fixed_date needs deadline; give it or choose another profile.",
        ),
        (
            UrgencyProfile.LONG_LIFE_PEAK_AFFECTED,
            {},
            "lifeWeeks",
            (
                "The profile long_life_peak_affected needs lifeWeeks and peakWeek; give it or choose another"
                " profile."
            ),
        ),
        (
            UrgencyProfile.SHORT_LIFE_PEAK_AFFECTED,
            {"life_weeks": 12},
            "peakWeek",
            "The profile short_life_peak_affected needs peakWeek; give it or choose another profile.",
        ),
        (
            UrgencyProfile.INTANGIBLE,
            {},
            "rampWeeks",
            "The profile intangible needs rampWeeks; give it or choose another profile.",
        ),
        (
            UrgencyProfile.LINEAR,
            {"deadline": _DATE},
            "deadline",
            ("deadline means nothing to the profile linear; leave it out, or choose a profile that uses it."),
        ),
        (
            UrgencyProfile.INTANGIBLE,
            {"ramp_weeks": 2, "step_minor": 0},
            "stepMinor",
            (
                "stepMinor means nothing to the profile intangible; leave it out, or choose a profile that"
                " uses it."
            ),
        ),
        (
            UrgencyProfile.LONG_LIFE_PEAK_NOT_AFFECTED,
            {"life_weeks": 52, "peak_week": 52},
            "peakWeek",
            "The peak (week 52) must be before the end of life (week 52).",
        ),
        (
            UrgencyProfile.LINEAR,
            {"rate_minor_per_week_low": 10_001},
            "rateMinorPerWeekLow",
            "rateMinorPerWeekLow (10001) must not be greater than rateMinorPerWeekLikely (10000).",
        ),
    ],
)
async def test_what_does_not_fit_the_profile_is_refused_and_writes_nothing(
    database: Database, profile: UrgencyProfile, values: dict[str, Any], path: str, message: str
) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    before = await written(database, actor)
    with pytest.raises(InvalidInput) as raised:
        await set_cost_of_delay(database, actor, _command(initiative, profile, **values))
    assert (raised.value.path, raised.value.message) == ((path,), message)
    assert await written(database, actor) == before


async def _set(database: Database, actor: Actor, initiative: InitiativeRow, **values: Any) -> CostOfDelayRow:
    return await set_cost_of_delay(database, actor, _command(initiative, UrgencyProfile.LINEAR, **values))


async def test_setting_anew_replaces_all_and_counts_the_version_up(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    fixed = _command(
        initiative, UrgencyProfile.FIXED_DATE, **_FITTING[UrgencyProfile.FIXED_DATE], expected_version=0
    )
    first = await set_cost_of_delay(database, actor, fixed)
    second = await _set(database, actor, initiative, expected_version=1)
    assert (second.profile, second.deadline, second.step_minor, second.ramp_weeks, second.version) == (
        UrgencyProfile.LINEAR,
        None,
        None,
        None,
        2,
    )
    assert second.updated_at > first.updated_at
    before = await written(database, actor)
    assert await _set(database, actor, initiative) == second
    assert await written(database, actor) == before


async def test_a_stale_version_is_a_conflict_with_both(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    with pytest.raises(Conflict, match=r"is unknown \(version 0\), not at 3") as missing:
        await _set(database, actor, initiative, expected_version=3)
    assert (missing.value.expected_version, missing.value.actual_version) == (3, 0)
    await _set(database, actor, initiative)
    before = await written(database, actor)
    with pytest.raises(Conflict, match="is at version 1, not at 0") as stale:
        await _set(database, actor, initiative, expected_version=0)
    with pytest.raises(Conflict) as cleared:
        await clear_cost_of_delay(
            database, actor, CostOfDelayClear(initiative_id=initiative.id, expected_version=2)
        )
    assert (stale.value.actual_version, cleared.value.actual_version) == (1, 1)
    assert stale.value.path == cleared.value.path == ("expectedVersion",)
    assert await written(database, actor) == before


async def test_clearing_returns_what_was_there_and_only_once(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    row = await _set(database, actor, initiative)
    command = CostOfDelayClear(initiative_id=initiative.id, expected_version=1)
    assert await clear_cost_of_delay(database, actor, command) == row
    with pytest.raises(NotFound, match="is unknown already") as raised:
        await clear_cost_of_delay(database, actor, command)
    assert raised.value.path == ("initiativeId",)
    assert [entry[0] for entry in await trail(database, actor, "cost_of_delay")] == ["insert", "delete"]


async def test_archived_and_foreign_initiatives_are_not_written_to(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    archived, foreign = await an_initiative(database, ours), await an_initiative(database, theirs)
    await archive_initiative(database, ours, ArchiveCommand(id=archived.id))
    for initiative, kind in ((archived, InvalidInput), (foreign, NotFound)):
        with pytest.raises(kind) as raised:
            await _set(database, ours, initiative)
        assert raised.value.path == ("initiativeId",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("currency", "eur"),
        ("rateMinorPerWeekLikely", -1),
        ("rateMinorPerWeekLikely", 2e15),
        ("lifeWeeks", 0),
        ("peakWeek", -1),
        ("rampWeeks", float("inf")),
    ],
)
def test_bad_figures_name_the_field(name: str, value: Any) -> None:
    values = {"initiativeId": uuid4(), "profile": "linear", "currency": "EUR", "rateMinorPerWeekLikely": 1}
    with pytest.raises(InvalidInput) as raised:
        CostOfDelaySet.parse({**values, name: value})
    assert raised.value.path == (name,)
