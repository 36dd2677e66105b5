"""Initiatives and their life cycle through the schema."""

from typing import Any
from uuid import UUID, uuid4

from api.ids import encode_id
from domain.actor import Actor
from domain.commands.demand import TeamDemandSet
from domain.commands.dependency import DependencyAdd
from domain.db import Database
from domain.demand import set_team_demand
from domain.dependency import add_dependency
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import (
    a_category,
    a_member,
    a_portfolio,
    a_team,
    an_initiative,
    an_organisation,
)

ERRORS = "... on UserError { code path message }"
FIELDS = """initiative { id externalId title description state mandatory earliestStart deadline version archivedAt
  portfolio { name } category { id } team { id } owner { id } sponsor { id }
  durationWeeks { low likely high } cost { amountMinor currency } }"""


def _mutation(name: str, fields: str = FIELDS, input_: str | None = None) -> str:
    pascal = name[0].upper() + name[1:]
    return (
        f"mutation($input: {input_ or pascal + 'Input'}!) {{ {name}(input: $input) {{ __typename"
        f" ... on {pascal}Success {{ {fields} }} {ERRORS} }} }}"
    )


CREATE = _mutation("initiativeCreate")
UPDATE = _mutation("initiativeUpdate")
ARCHIVE = _mutation(
    "initiativeArchive",
    "initiative { archivedAt version } waiting { initiative { title } distance } waitingCount",
    "ArchiveInput",
)
TRANSITION = _mutation(
    "initiativeTransition",
    """initiative { state version decisions(first: 1) { nodes { reason } totalCount } }
    decision { id fromState toState reason createdAt decidedBy { name } initiative { title } }
    freed { team { name } personWeeks { low likely high } }
    waiting { initiative { title state } distance } waitingCount""",
).replace(ERRORS, f"{ERRORS} ... on IllegalTransition {{ fromState toState allowed }}")


async def _refusal(ask: Ask, actor: Actor, document: str, **given: Any) -> tuple[str, list[str]]:
    (answer,) = (await ask(actor, document, input=given)).values()
    return answer["__typename"], answer["path"]


async def test_an_initiative_is_created_with_all_its_fields(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    portfolio = await a_portfolio(database, admin, name="Growth")
    category, team = await a_category(database, admin), await a_team(database, admin)
    member = encode_id("Member", contributor.member_id)
    created = await ask(
        contributor,
        CREATE,
        input={
            "portfolioId": encode_id("Portfolio", portfolio.id),
            "externalId": "CRM-1",
            "title": " One customer record ",
            "description": "Merge the registers.",
            "categoryId": encode_id("AllocationCategory", category.id),
            "teamId": encode_id("Team", team.id),
            "ownerId": member,
            "sponsorId": member,
            "durationWeeks": {"low": 6, "likely": 8},
            "cost": {"amountMinor": "12500000", "currency": "EUR"},
            "earliestStart": "2026-03-02",
            "deadline": "2026-09-30",
            "mandatory": True,
        },
    )
    initiative = created["initiativeCreate"]["initiative"]
    assert initiative.pop("id")
    assert initiative == {
        "externalId": "CRM-1",
        "title": "One customer record",
        "description": "Merge the registers.",
        "state": "PROPOSED",
        "mandatory": True,
        "earliestStart": "2026-03-02",
        "deadline": "2026-09-30",
        "version": 1,
        "archivedAt": None,
        "portfolio": {"name": "Growth"},
        "category": {"id": encode_id("AllocationCategory", category.id)},
        "team": {"id": encode_id("Team", team.id)},
        "owner": {"id": member},
        "sponsor": {"id": member},
        "durationWeeks": {"low": 6.0, "likely": 8.0, "high": None},
        "cost": {"amountMinor": "12500000", "currency": "EUR"},
    }


async def test_repeating_a_creation_with_the_client_s_id_creates_nothing_new(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    portfolio = await a_portfolio(database, admin)
    given = {
        "id": str(uuid4()),
        "portfolioId": encode_id("Portfolio", portfolio.id),
        "title": "Once",
        "teamId": None,
    }
    first, second = await ask(admin, CREATE, input=given), await ask(admin, CREATE, input=given)
    assert first == second
    assert first["initiativeCreate"]["initiative"]["id"] == encode_id("Initiative", UUID(given["id"]))
    assert await _refusal(ask, admin, CREATE, **{**given, "title": "Twice"}) == ("Conflict", ["id"])


async def test_null_clears_and_what_is_absent_stays(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    row = await an_initiative(
        database,
        admin,
        external_id="A-1",
        description="Long",
        duration_weeks_low=1,
        duration_weeks_likely=2,
        duration_weeks_high=3,
        cost_minor=100,
        cost_currency="EUR",
        owner_id=admin.member_id,
        mandatory=True,
    )
    initiative_id = encode_id("Initiative", row.id)
    changed = (await ask(admin, UPDATE, input={"id": initiative_id, "durationWeeks": {"likely": 5}}))[
        "initiativeUpdate"
    ]["initiative"]
    assert (changed["durationWeeks"], changed["cost"], changed["externalId"], changed["mandatory"]) == (
        {"low": None, "likely": 5.0, "high": None},
        {"amountMinor": "100", "currency": "EUR"},
        "A-1",
        True,
    )
    cleared = (
        await ask(
            admin,
            UPDATE,
            input={
                "id": initiative_id,
                "expectedVersion": 2,
                "durationWeeks": None,
                "cost": None,
                "ownerId": None,
                "externalId": None,
                "mandatory": False,
            },
        )
    )["initiativeUpdate"]["initiative"]
    assert [
        cleared[name] for name in ("durationWeeks", "cost", "owner", "externalId", "mandatory", "version")
    ] == [
        None,
        None,
        None,
        None,
        False,
        3,
    ]
    assert (cleared["title"], cleared["description"]) == (row.title, "Long")


async def test_refusals_are_typed_and_lead_to_the_client_s_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    portfolio = encode_id("Portfolio", (await a_portfolio(database, admin)).id)
    foreign = encode_id("Initiative", (await an_initiative(database, stranger)).id)
    own = encode_id("Initiative", (await an_initiative(database, admin)).id)
    foreign_team = encode_id("Team", (await a_team(database, stranger)).id)
    base = {"portfolioId": portfolio, "title": "T"}
    money = {"amountMinor": "-1", "currency": "EUR"}
    cases: list[tuple[str, dict[str, Any], tuple[str, list[str]]]] = [
        (CREATE, {**base, "title": "  "}, ("InvalidInput", ["title"])),
        (CREATE, {**base, "teamId": foreign_team}, ("NotFound", ["teamId"])),
        (CREATE, {**base, "portfolioId": own}, ("NotFound", ["portfolioId"])),
        (CREATE, {**base, "cost": money}, ("InvalidInput", ["cost", "amountMinor"])),
        (
            CREATE,
            {**base, "durationWeeks": {"low": 3, "likely": 2}},
            ("InvalidInput", ["durationWeeks", "low"]),
        ),
        (
            CREATE,
            {**base, "durationWeeks": {"likely": 0}},
            ("InvalidInput", ["durationWeeks", "likely"]),
        ),
        (
            UPDATE,
            {"id": own, "durationWeeks": {"likely": 2, "high": 1}},
            ("InvalidInput", ["durationWeeks", "high"]),
        ),
        (UPDATE, {"id": foreign, "title": "Mine"}, ("NotFound", ["id"])),
        (UPDATE, {"id": own, "expectedVersion": 2, "title": "New"}, ("Conflict", ["expectedVersion"])),
        (ARCHIVE, {"id": foreign}, ("NotFound", ["id"])),
    ]
    for document, given, expected in cases:
        assert await _refusal(ask, admin, document, **given) == expected, given
    assert await _refusal(ask, viewer, CREATE, **base) == ("PermissionDenied", [])


async def _waiting_initiative(database: Database, actor: Actor) -> tuple[str, UUID]:
    """A platform that demands a team's work, and a checkout that waits for it."""
    portfolio = await a_portfolio(database, actor)
    platform, checkout = [
        (await an_initiative(database, actor, portfolio_id=portfolio.id, title=title)).id
        for title in ("Platform", "Checkout")
    ]
    await add_dependency(database, actor, DependencyAdd(predecessor_id=platform, successor_id=checkout))
    team = await a_team(database, actor, name="Payments")
    for skill, low in (("", 1.0), ("SQL", None)):
        await set_team_demand(
            database,
            actor,
            TeamDemandSet(
                initiative_id=platform,
                team_id=team.id,
                skill=skill,
                person_weeks_low=low,
                person_weeks_likely=2,
                person_weeks_high=4,
            ),
        )
    return encode_id("Initiative", platform), checkout


async def test_archiving_shows_who_waits(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    platform, _ = await _waiting_initiative(database, admin)
    answer = (await ask(admin, ARCHIVE, input={"id": platform}))["initiativeArchive"]
    assert (answer["initiative"]["archivedAt"] is not None, answer["initiative"]["version"]) == (True, 2)
    assert (answer["waiting"], answer["waitingCount"]) == (
        [{"initiative": {"title": "Checkout"}, "distance": 1}],
        1,
    )
    back = (await ask(admin, ARCHIVE, input={"id": platform, "archived": False}))["initiativeArchive"]
    assert back["initiative"] == {"archivedAt": None, "version": 3}


async def test_stopping_is_a_decision_with_its_consequences(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    platform, _ = await _waiting_initiative(database, admin)
    given = {"id": platform, "toState": "STOPPED", "reason": "Lost its case", "idempotencyKey": "k"}
    answer = (await ask(board, TRANSITION, input=given))["initiativeTransition"]
    decision = answer["decision"]
    assert (decision.pop("id") is not None, decision.pop("createdAt") is not None) == (True, True)
    assert answer == {
        "__typename": "InitiativeTransitionSuccess",
        "initiative": {
            "state": "STOPPED",
            "version": 2,
            "decisions": {"nodes": [{"reason": "Lost its case"}], "totalCount": 1},
        },
        "decision": {
            "fromState": "PROPOSED",
            "toState": "STOPPED",
            "reason": "Lost its case",
            "decidedBy": {"name": "Board"},
            "initiative": {"title": "Platform"},
        },
        "freed": [{"team": {"name": "Payments"}, "personWeeks": {"low": None, "likely": 4.0, "high": 8.0}}],
        "waiting": [{"initiative": {"title": "Checkout", "state": "PROPOSED"}, "distance": 1}],
        "waitingCount": 1,
    }
    repeated = (await ask(board, TRANSITION, input=given))["initiativeTransition"]
    assert repeated["initiative"]["version"] == 2


async def test_a_transition_that_is_not_possible_says_what_is(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    initiative = encode_id("Initiative", (await an_initiative(database, admin)).id)
    given = {"id": initiative, "toState": "ACTIVE", "reason": "Now"}
    refused = (await ask(admin, TRANSITION, input=given))["initiativeTransition"]
    assert refused.pop("message").startswith("The initiative is proposed and cannot become active.")
    assert refused == {
        "__typename": "IllegalTransition",
        "code": "ILLEGAL_TRANSITION",
        "path": ["toState"],
        "fromState": "PROPOSED",
        "toState": "ACTIVE",
        "allowed": ["EVALUATED", "STOPPED"],
    }
    assert await _refusal(ask, planner, TRANSITION, **given) == ("PermissionDenied", [])
    empty = {**given, "reason": " "}
    assert await _refusal(ask, admin, TRANSITION, **empty) == ("InvalidInput", ["reason"])


async def test_decisions_are_paged_the_latest_first_and_are_nodes(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    initiative = encode_id("Initiative", (await an_initiative(database, admin)).id)
    for state in ("EVALUATED", "APPROVED", "ACTIVE"):
        given = {"id": initiative, "toState": state, "reason": f"To {state}"}
        await ask(admin, TRANSITION, input=given)
    document = """query($id: ID!, $after: String) { node(id: $id) { ... on Initiative {
      decisions(first: 2, after: $after) { nodes { id toState reason } totalCount
      pageInfo { endCursor hasNextPage } } } } }"""
    page = (await ask(admin, document, id=initiative))["node"]["decisions"]
    assert [node["reason"] for node in page["nodes"]] == ["To ACTIVE", "To APPROVED"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    rest = (await ask(admin, document, id=initiative, after=page["pageInfo"]["endCursor"]))["node"][
        "decisions"
    ]
    assert [node["toState"] for node in rest["nodes"]] == ["EVALUATED"]
    node = "query($id: ID!) { node(id: $id) { ... on Decision { reason decidedBy { name } } } }"
    decision = page["nodes"][0]["id"]
    assert (await ask(admin, node, id=decision))["node"] == {
        "reason": "To ACTIVE",
        "decidedBy": {"name": "Ada Admin"},
    }
    assert (await ask(stranger, node, id=decision))["node"] is None
