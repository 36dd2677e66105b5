"""Portfolios in the schema: what they are, without what is ranked in them."""

from typing import Any
from uuid import UUID

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import a_member, a_portfolio, a_scoring_model, an_organisation

ERRORS = "... on UserError { code path }"
PORTFOLIO = "portfolio { id name description version archivedAt defaultScoringModel { name } }"
CREATE = f"""mutation($input: PortfolioCreateInput!) {{
  portfolioCreate(input: $input) {{ __typename ... on PortfolioCreateSuccess {{ {PORTFOLIO} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: PortfolioUpdateInput!) {{
  portfolioUpdate(input: $input) {{ __typename ... on PortfolioUpdateSuccess {{ {PORTFOLIO} }} {ERRORS} }} }}"""
ARCHIVE = f"""mutation($input: ArchiveInput!) {{
  portfolioArchive(input: $input) {{ __typename ... on PortfolioArchiveSuccess {{ {PORTFOLIO} }} {ERRORS} }} }}"""


async def test_a_portfolio_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    given = {"name": "Change", "description": "What we change"}
    created = (await ask(admin, CREATE, input=given))["portfolioCreate"]["portfolio"]
    portfolio_id = created.pop("id")
    assert created == {
        "name": "Change",
        "description": "What we change",
        "version": 1,
        "archivedAt": None,
        "defaultScoringModel": None,
    }
    update = {"id": portfolio_id, "name": "Change 2026", "defaultScoringModelId": None}
    changed = (await ask(admin, UPDATE, input=update))["portfolioUpdate"]["portfolio"]
    assert (changed["name"], changed["description"], changed["version"]) == (
        "Change 2026",
        "What we change",
        2,
    )
    model = await a_scoring_model(database, admin, name="Value")
    update = {"id": portfolio_id, "defaultScoringModelId": encode_id("ScoringModel", model.id)}
    given_one = (await ask(admin, UPDATE, input=update))["portfolioUpdate"]["portfolio"]
    assert (given_one["name"], given_one["defaultScoringModel"]) == ("Change 2026", {"name": "Value"})
    archived = (await ask(admin, ARCHIVE, input={"id": portfolio_id}))["portfolioArchive"]["portfolio"]
    assert (archived["archivedAt"] is not None, archived["version"]) == (True, 4)


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    foreign = encode_id("Portfolio", (await a_portfolio(database, stranger)).id)
    own = encode_id("Portfolio", (await a_portfolio(database, admin)).id)
    model = encode_id("ScoringModel", UUID(int=1))

    async def refusal(document: str, actor: Any = admin, **given: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"]

    assert await refusal(CREATE, name="P", defaultScoringModelId=model) == (
        "NotFound",
        ["defaultScoringModelId"],
    )
    assert await refusal(UPDATE, id=own, defaultScoringModelId="nonsense") == (
        "NotFound",
        ["defaultScoringModelId"],
    )
    assert await refusal(UPDATE, id=foreign, name="Mine") == ("NotFound", ["id"])
    assert await refusal(ARCHIVE, id=own, expectedVersion=2) == ("Conflict", ["expectedVersion"])
    assert await refusal(CREATE, contributor, name="P") == ("PermissionDenied", [])


async def test_portfolios_are_listed_by_name(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    for name in ("b", "C", "a"):
        await a_portfolio(database, admin, name=name)
    answer = await ask(
        admin,
        '{ portfolios(where: {name: {in: ["a", "C"]}}, last: 5) { nodes { name version } totalCount } }',
    )
    assert answer["portfolios"] == {
        "nodes": [{"name": "a", "version": 1}, {"name": "C", "version": 1}],
        "totalCount": 2,
    }
