"""Benefits in the schema: planned, realised, corrected, over time, and what is refused."""

from typing import Any

from api.context import Context, Services
from api.ids import encode_id
from domain.db import Database
from domain.enums import KeyResultDirection, Role
from tests.api.conftest import Ask
from tests.factories import a_key_result, a_member, a_portfolio, an_initiative, an_organisation
from tests.statements import counted

ERRORS = "... on UserError { code path message }"
AMOUNT = "{ money { amountMinor currency } value }"
BENEFIT = f"""benefit {{ id title measure unit version archivedAt owner {{ name }} initiative {{ title state }}
  keyResult {{ title }} kpi {{ id }} plan {{ dueOn amount {AMOUNT} }}
  standing(on: "2026-03-31") {{ plannedTotal {AMOUNT} plannedToDate {AMOUNT} realisedToDate {AMOUNT} ratio }} }}"""
CREATE = f"""mutation($input: BenefitCreateInput!) {{ benefitCreate(input: $input) {{ __typename
  ... on BenefitCreateSuccess {{ {BENEFIT} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: BenefitUpdateInput!) {{ benefitUpdate(input: $input) {{ __typename
  ... on BenefitUpdateSuccess {{ {BENEFIT} }} {ERRORS} }} }}"""
ARCHIVE = f"""mutation($input: ArchiveInput!) {{ benefitArchive(input: $input) {{ __typename
  ... on BenefitArchiveSuccess {{ {BENEFIT} }} {ERRORS} }} }}"""
ADD = f"""mutation($input: BenefitRealisationAddInput!) {{ benefitRealisationAdd(input: $input) {{ __typename
  ... on BenefitRealisationAddSuccess {{ {BENEFIT} benefitRealisation {{ id realisedOn note amount {AMOUNT}
    recordedBy {{ name }} }} }} {ERRORS} }} }}"""
CORRECT = f"""mutation($input: BenefitRealisationCorrectInput!) {{ benefitRealisationCorrect(input: $input) {{
  __typename ... on BenefitRealisationCorrectSuccess {{ {BENEFIT} benefitRealisation {{ reason
    corrects {{ amount {AMOUNT} correctedBy {{ amount {AMOUNT} }} }} }} }} {ERRORS} }} }}"""
TOTALS = """query($id: ID!, $day: Date) { node(id: $id) { ... on Portfolio { benefits { totalCount }
  benefitTotals(on: $day) { plannedTotal { amountMinor currency } plannedToDate { amountMinor currency }
    realisedToDate { amountMinor currency } ratio } } } }"""
OF_INITIATIVES = f"""query($id: ID!) {{ node(id: $id) {{ ... on Portfolio {{ initiatives {{ nodes {{
  benefits {{ totalCount nodes {{ title unit plan {{ dueOn }} owner {{ name }} keyResult {{ title }}
    standing(on: "2026-03-31") {{ ratio }} profile {{ startsOn plannedSoFar {AMOUNT} }}
    realisations {{ totalCount nodes {{ note correctedBy {{ id }} amount {AMOUNT} }} }} }} }} }} }} }} }} }}"""


def _euros(cents: int) -> dict[str, Any]:
    return {"money": {"amountMinor": cents, "currency": "EUR"}}


def _shown(cents: int) -> dict[str, Any]:
    return {"money": {"amountMinor": str(cents), "currency": "EUR"}, "value": None}


async def test_a_benefit_in_money_is_planned_realised_and_corrected(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    somebody = await a_member(database, admin, role=Role.CONTRIBUTOR)
    initiative = await an_initiative(database, admin, title="App")
    given = {
        "initiativeId": encode_id("Initiative", initiative.id),
        "title": "Fewer calls",
        "countedIn": {"currency": "EUR"},
        "ownerId": encode_id("Member", somebody.member_id),
        "plan": [
            {"dueOn": "2026-06-30", "amount": _euros(50_000)},
            {"dueOn": "2026-01-31", "amount": _euros(100_000)},
        ],
    }
    created = (await ask(somebody, CREATE, input=given))["benefitCreate"]["benefit"]
    benefit_id = created.pop("id")
    assert created == {
        "title": "Fewer calls",
        "measure": "MONEY",
        "unit": "EUR",
        "version": 1,
        "archivedAt": None,
        "owner": {"name": "Contributor"},
        "initiative": {"title": "App", "state": "PROPOSED"},
        "keyResult": None,
        "kpi": None,
        "plan": [
            {"dueOn": "2026-01-31", "amount": _shown(100_000)},
            {"dueOn": "2026-06-30", "amount": _shown(50_000)},
        ],
        "standing": {
            "plannedTotal": _shown(150_000),
            "plannedToDate": _shown(100_000),
            "realisedToDate": _shown(0),
            "ratio": 0.0,
        },
    }
    came = {
        "benefitId": benefit_id,
        "amount": _euros(250_000),
        "realisedOn": "2026-03-01",
        "note": "Counted.",
    }
    added = (await ask(somebody, ADD, input=came))["benefitRealisationAdd"]
    assert added["benefit"]["standing"]["ratio"] == 2.5
    entry_id = added["benefitRealisation"].pop("id")
    assert added["benefitRealisation"] == {
        "realisedOn": "2026-03-01",
        "note": "Counted.",
        "amount": _shown(250_000),
        "recordedBy": {"name": "Contributor"},
    }
    right = {"id": entry_id, "amount": _euros(25_000), "reason": "One nought too many."}
    corrected = (await ask(somebody, CORRECT, input=right))["benefitRealisationCorrect"]
    assert corrected["benefitRealisation"] == {
        "reason": "One nought too many.",
        "corrects": {"amount": _shown(250_000), "correctedBy": {"amount": _shown(25_000)}},
    }
    assert corrected["benefit"]["standing"]["ratio"] == 0.25
    portfolio_id = encode_id("Portfolio", initiative.portfolio_id)
    pounds = {**given, "countedIn": {"currency": "GBP"}, "plan": []}
    other_id = (await ask(somebody, CREATE, input=pounds))["benefitCreate"]["benefit"]["id"]
    loss = {"money": {"amountMinor": -500, "currency": "GBP"}}
    await ask(somebody, ADD, input={"benefitId": other_id, "amount": loss, "realisedOn": "2026-04-01"})
    for day, realised, ratio in (("2026-02-28", 0, 0.0), ("2026-03-31", 25_000, 0.25)):
        totals = (await ask(somebody, TOTALS, id=portfolio_id, day=day))["node"]
        assert totals["benefits"] == {"totalCount": 2}
        euros, sterling = totals["benefitTotals"]
        assert euros == {
            "plannedTotal": {"amountMinor": "150000", "currency": "EUR"},
            "plannedToDate": {"amountMinor": "100000", "currency": "EUR"},
            "realisedToDate": {"amountMinor": str(realised), "currency": "EUR"},
            "ratio": ratio,
        }
        assert sterling["realisedToDate"] == {"amountMinor": "0", "currency": "GBP"}
        assert sterling["ratio"] is None
    update = {"id": benefit_id, "ownerId": None, "plan": [], "expectedVersion": 1}
    changed = (await ask(somebody, UPDATE, input=update))["benefitUpdate"]["benefit"]
    assert (changed["owner"], changed["plan"], changed["standing"]["ratio"]) == (None, [], None)
    assert (await ask(somebody, UPDATE, input=update))["benefitUpdate"]["__typename"] == "Conflict"
    archived = (await ask(somebody, ARCHIVE, input={"id": benefit_id}))["benefitArchive"]["benefit"]
    assert archived["archivedAt"] is not None

    async def refusal(document: str, actor: Any = somebody, **values: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=values)).values()
        return answer["__typename"], answer["path"]

    assert await refusal(ADD, **came) == ("InvalidInput", ["benefitId"])
    foreign = {"keyResultId": encode_id("KeyResult", initiative.id)}
    assert await refusal(CREATE, **{**given, "countedIn": foreign}) == (
        *("NotFound", ["countedIn", "keyResultId"]),
    )
    planned = [{"dueOn": "2026-06-30", "amount": {"value": 3.5}}]
    assert await refusal(CREATE, **{**given, "plan": planned}) == (
        *("InvalidInput", ["plan", "0", "amount", "value"]),
    )
    viewer = await a_member(database, admin, role=Role.VIEWER)
    assert (await refusal(CREATE, viewer, **given))[0] == "PermissionDenied"


async def test_the_benefits_of_many_initiatives_take_as_many_statements_as_those_of_one(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    portfolio = await a_portfolio(database, admin)
    key_result = await a_key_result(
        database,
        admin,
        title="Churn",
        unit="%",
        direction=KeyResultDirection.DECREASE,
        start_value=5,
        target_value=3,
    )

    async def furnish() -> None:
        initiative = await an_initiative(database, admin, portfolio_id=portfolio.id)
        given = {
            "initiativeId": encode_id("Initiative", initiative.id),
            "title": "Less churn",
            "countedIn": {"keyResultId": encode_id("KeyResult", key_result.id)},
            "ownerId": encode_id("Member", admin.member_id),
            "plan": [
                {"dueOn": "2026-01-31", "amount": {"value": -0.5}},
                {"dueOn": "2026-02-28", "amount": {"value": -0.25}},
            ],
        }
        benefit_id = (await ask(admin, CREATE, input=given))["benefitCreate"]["benefit"]["id"]
        for note in ("First.", "Second."):
            came = {
                "benefitId": benefit_id,
                "amount": {"value": -0.1875},
                "realisedOn": "2026-02-15",
                "note": note,
            }
            answer = (await ask(admin, ADD, input=came))["benefitRealisationAdd"]
            assert answer["__typename"] == "BenefitRealisationAddSuccess"

    async def asked() -> tuple[list[Any], int]:
        context = Context(services=services, viewer=admin, request_id="test")
        with counted(database) as statements:
            found = await ask(context, OF_INITIATIVES, id=encode_id("Portfolio", portfolio.id))
        return found["node"]["initiatives"]["nodes"], len(statements)

    await furnish()
    await asked()
    (one,), few = await asked()
    shown = {"money": None, "value": -0.1875}
    assert one["benefits"]["totalCount"] == 1
    assert one["benefits"]["nodes"] == [
        {
            "title": "Less churn",
            "unit": "%",
            "plan": [{"dueOn": "2026-01-31"}, {"dueOn": "2026-02-28"}],
            "owner": {"name": "Ada Admin"},
            "keyResult": {"title": "Churn"},
            "standing": {"ratio": 0.5},
            "profile": [
                {"startsOn": "2026-01-31", "plannedSoFar": {"money": None, "value": -0.5}},
                {"startsOn": "2026-02-01", "plannedSoFar": {"money": None, "value": -0.75}},
            ],
            "realisations": {
                "totalCount": 2,
                "nodes": [
                    {"note": "Second.", "correctedBy": None, "amount": shown},
                    {"note": "First.", "correctedBy": None, "amount": shown},
                ],
            },
        }
    ]
    for _ in range(2):
        await furnish()
    await asked()
    found, many = await asked()
    assert (len(found), many) == (3, few)
