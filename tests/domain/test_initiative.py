"""Creating, changing and archiving initiatives."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.dependency import DependencyAdd
from domain.commands.initiative import InitiativeCreate, InitiativeTransition, InitiativeUpdate
from domain.db import Database
from domain.dependency import add_dependency
from domain.enums import DependencyKind, InitiativeState, Role
from domain.errors import Conflict, DomainError, InvalidInput, NotFound
from domain.initiative import archive_initiative, create_initiative, update_initiative
from domain.organisation import archive_member
from domain.portfolio import archive_allocation_category, archive_portfolio
from domain.team import archive_team
from domain.transition import transition_initiative
from tests.factories import a_category, a_member, a_portfolio, a_team, an_initiative, an_organisation
from tests.trail import trail, written


async def test_an_initiative_is_stored_with_all_its_fields_and_proposed(database: Database) -> None:
    actor = await an_organisation(database)
    owner, sponsor = [await a_member(database, actor, role=Role.PLANNER) for _ in range(2)]
    values: dict[str, Any] = {
        "portfolio_id": (await a_portfolio(database, actor)).id,
        "external_id": "CRM-1",
        "title": "One customer record",
        "description": "Merge the four registers.",
        "category_id": (await a_category(database, actor)).id,
        "team_id": (await a_team(database, actor)).id,
        "owner_id": owner.member_id,
        "sponsor_id": sponsor.member_id,
        "duration_weeks_low": 6.0,
        "duration_weeks_likely": 8.0,
        "duration_weeks_high": 13.0,
        "cost_minor": 12_500_000,
        "cost_currency": "EUR",
        "earliest_start": date(2026, 3, 2),
        "deadline": date(2026, 9, 30),
        "mandatory": True,
    }
    row = await create_initiative(database, actor, InitiativeCreate(**values))
    stored = row._asdict()
    assert {name: stored[name] for name in values if name != "description"} == {
        name: value for name, value in values.items() if name != "description"
    }
    assert (row.state, row.version, row.archived_at) == (InitiativeState.PROPOSED, 1, None)
    assert [entry[2]["description"] for entry in await trail(database, actor, "initiative")] == [
        "Merge the four registers."
    ]


@pytest.mark.parametrize(
    ("values", "path", "message"),
    [
        (
            {"duration_weeks_low": 5, "duration_weeks_likely": 4},
            "durationWeeksLow",
            "durationWeeksLow (5) must not be greater than durationWeeksLikely (4).",
        ),
        (
            {"duration_weeks_likely": 4, "duration_weeks_high": 3.5},
            "durationWeeksHigh",
            "durationWeeksHigh (3.5) must not be less than durationWeeksLikely (4).",
        ),
        (
            {"duration_weeks_high": 4},
            "durationWeeksLikely",
            (
                "durationWeeksLikely is missing: give it beside the low or high estimate, or leave out all"
                " three."
            ),
        ),
        (
            {"cost_minor": 100},
            "costCurrency",
            "A cost is an amount in minor units with its currency; costCurrency is missing.",
        ),
        (
            {"cost_currency": "EUR"},
            "costMinor",
            "A cost is an amount in minor units with its currency; costMinor is missing.",
        ),
        (
            {"earliest_start": date(2026, 5, 2), "deadline": date(2026, 5, 1)},
            "earliestStart",
            "The earliest start (2026-05-02) must not be after the deadline (2026-05-01).",
        ),
    ],
)
async def test_contradictions_are_refused_and_write_nothing(
    database: Database, values: dict[str, Any], path: str, message: str
) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    initiative = await an_initiative(database, actor, portfolio_id=portfolio.id)
    before = await written(database, actor)
    for attempt in (
        create_initiative(
            database, actor, InitiativeCreate(portfolio_id=portfolio.id, title="Wrong", **values)
        ),
        update_initiative(database, actor, InitiativeUpdate(id=initiative.id, **values)),
    ):
        with pytest.raises(InvalidInput) as raised:
            await attempt
        assert (raised.value.path, raised.value.message) == ((path,), message)
    assert await written(database, actor) == before


async def test_a_change_is_judged_together_with_what_stays(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(
        database,
        actor,
        duration_weeks_low=2,
        duration_weeks_likely=4,
        duration_weeks_high=6,
        cost_minor=100,
        cost_currency="EUR",
        deadline=date(2026, 5, 1),
    )
    for changes, path in (
        ({"duration_weeks_likely": 7}, "durationWeeksHigh"),
        ({"duration_weeks_likely": None}, "durationWeeksLikely"),
        ({"cost_minor": None}, "costMinor"),
        ({"earliest_start": date(2026, 6, 1)}, "earliestStart"),
    ):
        with pytest.raises(InvalidInput) as raised:
            await update_initiative(database, actor, InitiativeUpdate(id=initiative.id, **changes))
        assert raised.value.path == (path,)
    changed = await update_initiative(
        database,
        actor,
        InitiativeUpdate(
            id=initiative.id,
            duration_weeks_likely=7,
            duration_weeks_high=9,
            cost_minor=None,
            cost_currency=None,
            deadline=None,
            earliest_start=date(2026, 6, 1),
        ),
    )
    assert (changed.duration_weeks_low, changed.duration_weeks_likely, changed.duration_weeks_high) == (
        2,
        7,
        9,
    )
    assert (changed.cost_minor, changed.cost_currency, changed.deadline, changed.version) == (
        None,
        None,
        None,
        2,
    )


async def test_a_stale_version_is_told_before_contradictions(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor, duration_weeks_likely=4)
    await update_initiative(database, actor, InitiativeUpdate(id=initiative.id, duration_weeks_likely=2))
    with pytest.raises(Conflict) as raised:
        await update_initiative(
            database, actor, InitiativeUpdate(id=initiative.id, expected_version=1, duration_weeks_low=3)
        )
    assert (raised.value.expected_version, raised.value.actual_version) == (1, 2)


@pytest.mark.parametrize("field", ["portfolio_id", "category_id", "team_id", "owner_id", "sponsor_id"])
async def test_references_must_exist_in_the_organisation(database: Database, field: str) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    foreign = {
        "portfolio_id": (await a_portfolio(database, theirs)).id,
        "category_id": (await a_category(database, theirs)).id,
        "team_id": (await a_team(database, theirs)).id,
        "owner_id": theirs.member_id,
        "sponsor_id": theirs.member_id,
    }[field]
    portfolio = await a_portfolio(database, ours)
    before = await written(database, ours)
    path = (field.removesuffix("_id") + "Id",)
    for reference in (foreign, uuid4()):
        with pytest.raises(NotFound) as raised:
            await create_initiative(
                database,
                ours,
                InitiativeCreate(**{"portfolio_id": portfolio.id, "title": "Wrong", field: reference}),
            )
        assert raised.value.path == path
    assert await written(database, ours) == before


async def test_archived_entities_are_no_new_references_but_stay_where_they_are(database: Database) -> None:
    actor = await an_organisation(database)
    team, category = await a_team(database, actor), await a_category(database, actor)
    member = await a_member(database, actor, role=Role.PLANNER)
    portfolio = await a_portfolio(database, actor)
    references: dict[str, Any] = {
        "team_id": team.id,
        "category_id": category.id,
        "owner_id": member.member_id,
        "sponsor_id": member.member_id,
    }
    initiative = await an_initiative(database, actor, portfolio_id=portfolio.id, **references)
    other = await an_initiative(database, actor, portfolio_id=portfolio.id)
    await archive_team(database, actor, ArchiveCommand(id=team.id))
    await archive_allocation_category(database, actor, ArchiveCommand(id=category.id))
    await archive_member(database, actor, ArchiveCommand(id=member.member_id))
    await archive_portfolio(database, actor, ArchiveCommand(id=portfolio.id))
    before = await written(database, actor)
    for field, reference in references.items():
        with pytest.raises(InvalidInput, match="is archived; choose another one") as raised:
            await update_initiative(database, actor, InitiativeUpdate(id=other.id, **{field: reference}))
        assert raised.value.path == (field.split("_")[0] + "Id",)
    with pytest.raises(InvalidInput, match="This portfolio is archived") as raised:
        await create_initiative(
            database, actor, InitiativeCreate(portfolio_id=portfolio.id, title="Too late")
        )
    assert raised.value.path == ("portfolioId",)
    assert await written(database, actor) == before
    changed = await update_initiative(
        database, actor, InitiativeUpdate(id=initiative.id, title="Same references", **references)
    )
    assert changed.team_id == team.id


async def test_the_portfolio_and_the_state_are_not_updated() -> None:
    for name in ("portfolioId", "state"):
        with pytest.raises(InvalidInput, match="Extra inputs are not permitted") as raised:
            InitiativeUpdate.parse({"id": uuid4(), name: "x"})
        assert raised.value.path == (name,)


async def test_external_ids_are_unique_in_a_portfolio_only(database: Database) -> None:
    actor = await an_organisation(database)
    first = await an_initiative(database, actor, external_id="A-1")
    await an_initiative(database, actor, external_id="A-1")
    with pytest.raises(Conflict, match="An initiative with this external id exists") as raised:
        await an_initiative(database, actor, portfolio_id=first.portfolio_id, external_id=" A-1 ")
    assert raised.value.path == ("externalId",)


async def test_repeating_a_creation_returns_the_first_even_if_a_reference_is_archived_by_then(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    team, portfolio = await a_team(database, actor), await a_portfolio(database, actor)
    command = InitiativeCreate(id=uuid4(), portfolio_id=portfolio.id, title="Once", team_id=team.id)
    first = await create_initiative(database, actor, command)
    await archive_team(database, actor, ArchiveCommand(id=team.id))
    assert await create_initiative(database, actor, command) == first
    with pytest.raises(Conflict, match="exists already and differs"):
        await create_initiative(database, actor, command.model_copy(update={"title": "Twice"}))


async def test_archiving_names_what_waits_for_the_initiative(database: Database) -> None:
    actor = await an_organisation(database)
    a, b, c, soft, done, beyond = await _chain(database, actor)
    result = await archive_initiative(database, actor, ArchiveCommand(id=a))
    assert result.initiative.archived_at is not None
    assert [(one.id, one.distance) for one in result.dependents] == [(b, 1), (c, 2)]
    restored = await archive_initiative(database, actor, ArchiveCommand(id=a, archived=False))
    assert (restored.initiative.archived_at, restored.initiative.version) == (None, 3)
    assert {one.id for one in restored.dependents}.isdisjoint({soft, done, beyond})


async def _chain(database: Database, actor: Actor) -> list[Any]:
    """A → B → C and A → C hard, A → Soft soft; A → Done (stopped) → Beyond."""
    portfolio = await a_portfolio(database, actor)
    ids = [
        (await an_initiative(database, actor, portfolio_id=portfolio.id, title=title)).id
        for title in ("A", "B", "C", "Soft", "Done", "Beyond")
    ]
    a, b, c, soft, done, beyond = ids
    for predecessor, successor, hard in (
        (a, b, True),
        (b, c, True),
        (a, soft, False),
        (a, done, True),
        (done, beyond, True),
    ):
        await add_dependency(
            database, actor, DependencyAdd(predecessor_id=predecessor, successor_id=successor, hard=hard)
        )
    await add_dependency(
        database,
        actor,
        DependencyAdd(predecessor_id=c, successor_id=a, kind=DependencyKind.RELATES_TO),
    )
    await transition_initiative(
        database,
        actor,
        InitiativeTransition(id=done, to_state=InitiativeState.STOPPED, reason="No longer needed"),
    )
    return ids


async def test_an_archived_initiative_can_be_corrected(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    await archive_initiative(database, actor, ArchiveCommand(id=initiative.id))
    corrected = await update_initiative(
        database, actor, InitiativeUpdate(id=initiative.id, title="Corrected", expected_version=2)
    )
    assert (corrected.title, corrected.version) == ("Corrected", 3)


async def test_a_foreign_initiative_is_unknown(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    foreign = await an_initiative(database, theirs)
    attempts: list[Any] = [
        update_initiative(database, ours, InitiativeUpdate(id=foreign.id, title="Taken")),
        archive_initiative(database, ours, ArchiveCommand(id=foreign.id)),
    ]
    for attempt in attempts:
        with pytest.raises(DomainError) as raised:
            await attempt
        assert (type(raised.value), raised.value.path) == (NotFound, ("id",))
