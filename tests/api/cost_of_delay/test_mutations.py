"""Cost of delay through the schema."""

from typing import Any

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import a_member, an_initiative, an_organisation


def _mutation(name: str) -> str:
    pascal = name[0].upper() + name[1:]
    return f"""mutation($input: {pascal}Input!) {{ {name}(input: $input) {{ __typename
      ... on {pascal}Success {{ initiative {{ costOfDelay {{ profile deadline rampWeeks lifeWeeks peakWeek version
        step {{ amountMinor currency }}
        rate {{ low {{ amountMinor }} likely {{ amountMinor currency }} high {{ amountMinor }} }}
        monthly: rate(per: MONTH) {{ likely {{ amountMinor }} }} }} }} }}
      ... on UserError {{ code path message }}
      ... on Conflict {{ expectedVersion actualVersion }} }} }}"""


SET, CLEAR = map(_mutation, ("costOfDelaySet", "costOfDelayClear"))


async def test_a_cost_of_delay_is_set_in_any_unit_of_time_and_cleared(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    initiative = encode_id("Initiative", (await an_initiative(database, admin)).id)
    given = {
        "initiativeId": initiative,
        "expectedVersion": 0,
        "profile": "FIXED_DATE",
        "rate": {"lowMinor": "0", "likelyMinor": "4348125", "currency": "EUR", "per": "MONTH"},
        "deadline": "2026-11-01",
        "step": {"amountMinor": "5000000", "currency": "EUR"},
        "rampWeeks": 4,
    }
    answer = (await ask(contributor, SET, input=given))["costOfDelaySet"]
    assert answer["initiative"]["costOfDelay"] == {
        "profile": "FIXED_DATE",
        "deadline": "2026-11-01",
        "rampWeeks": 4.0,
        "lifeWeeks": None,
        "peakWeek": None,
        "version": 1,
        "step": {"amountMinor": "5000000", "currency": "EUR"},
        "rate": {
            "low": {"amountMinor": "0"},
            "likely": {"amountMinor": "1000000", "currency": "EUR"},
            "high": None,
        },
        "monthly": {"likely": {"amountMinor": "4348125"}},
    }
    clear = {"initiativeId": initiative, "expectedVersion": 1}
    cleared = (await ask(contributor, CLEAR, input=clear))["costOfDelayClear"]
    assert cleared["initiative"] == {"costOfDelay": None}


async def test_refusals_are_typed_and_lead_to_the_client_s_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    own = encode_id("Initiative", (await an_initiative(database, admin)).id)
    foreign = encode_id("Initiative", (await an_initiative(database, stranger)).id)
    rate = {"likelyMinor": "100", "currency": "EUR"}
    good: dict[str, Any] = {"initiativeId": own, "profile": "LINEAR", "rate": rate}
    dollars = {"amountMinor": "1", "currency": "USD"}

    async def refusal(document: str, actor: Any = admin, **given: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"]

    cases: list[tuple[dict[str, Any], tuple[str, list[str]]]] = [
        ({"rate": {**rate, "likelyMinor": "-1"}}, ("InvalidInput", ["rate", "likelyMinor"])),
        ({"rate": {**rate, "lowMinor": "101"}}, ("InvalidInput", ["rate", "lowMinor"])),
        ({"rate": {**rate, "highMinor": "99"}}, ("InvalidInput", ["rate", "highMinor"])),
        ({"profile": "INTANGIBLE"}, ("InvalidInput", ["rampWeeks"])),
        (
            {"profile": "FIXED_DATE", "deadline": "2026-01-01", "step": dollars},
            ("InvalidInput", ["step", "currency"]),
        ),
        (
            {"profile": "LINEAR", "step": {**dollars, "currency": "EUR"}},
            ("InvalidInput", ["step", "amountMinor"]),
        ),
        ({"initiativeId": foreign}, ("NotFound", ["initiativeId"])),
        ({"expectedVersion": 3}, ("Conflict", ["expectedVersion"])),
    ]
    for changes, expected in cases:
        assert await refusal(SET, **{**good, **changes}) == expected, changes
    assert await refusal(CLEAR, initiativeId=own) == ("NotFound", ["initiativeId"])
    assert await refusal(SET, viewer, **good) == ("PermissionDenied", [])
