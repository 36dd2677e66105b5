"""Groups of alternatives in the schema."""

from typing import Any

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import a_member, a_portfolio, an_initiative, an_organisation
from tests.statements import counted

ERRORS = "... on UserError { code path message }"
GROUP = "group { id name version archivedAt portfolio { name } initiatives { title } }"


def mutation(name: str, given: str) -> str:
    field = f"alternativeGroup{name}"
    success = f"... on AlternativeGroup{name}Success {{ {GROUP} }}"
    return f"mutation($input: {given}!) {{ {field}(input: $input) {{ __typename {success} {ERRORS} }} }}"


CREATE = mutation("Create", "AlternativeGroupCreateInput")
UPDATE = mutation("Update", "AlternativeGroupUpdateInput")
ADD = mutation("Add", "AlternativeGroupAddInput")
REMOVE = mutation("Remove", "AlternativeGroupRemoveInput")
ARCHIVE = mutation("Archive", "ArchiveInput")
LISTED = """query($id: ID!) { node(id: $id) { ... on Portfolio {
  alternativeGroups { name initiatives { title } } } } }"""


async def test_a_group_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    portfolio = await a_portfolio(database, admin, name="Portfolio")
    ids = {}
    for title in "ABC":
        row = await an_initiative(database, admin, portfolio_id=portfolio.id, title=title)
        ids[title] = encode_id("Initiative", row.id)
    portfolio_id = encode_id("Portfolio", portfolio.id)

    async def done(document: str, **given: Any) -> Any:
        (answer,) = (await ask(admin, document, input=given)).values()
        group = answer["group"]
        titles = "".join(sorted(row["title"] for row in group["initiatives"]))
        return group["id"], titles, group["version"], group["name"]

    group_id, titles, version, _ = await done(
        CREATE, portfolioId=portfolio_id, name="Billing", initiativeIds=[ids["B"], ids["A"]]
    )
    assert (titles, version) == ("AB", 1)
    # what is in it already stays, and counts as no change
    assert (await done(ADD, id=group_id, initiativeIds=[ids["A"]]))[1:3] == ("AB", 1)
    assert (await done(ADD, id=group_id, initiativeIds=[ids["C"]], expectedVersion=1))[1:3] == ("ABC", 2)
    assert (await done(REMOVE, id=group_id, initiativeIds=[ids["A"]]))[1:3] == ("BC", 3)
    assert (await done(UPDATE, id=group_id, name="Invoices"))[2:] == (4, "Invoices")
    listed = (await ask(admin, LISTED, id=portfolio_id))["node"]["alternativeGroups"]
    assert [group["name"] for group in listed] == ["Invoices"]
    await ask(admin, ARCHIVE, input={"id": group_id})
    assert (await ask(admin, LISTED, id=portfolio_id))["node"]["alternativeGroups"] == []
    node = "query($id: ID!) { node(id: $id) { ... on AlternativeGroup { name archivedAt } } }"
    assert (await ask(admin, node, id=group_id))["node"]["archivedAt"] is not None


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    portfolio, other = await a_portfolio(database, admin), await a_portfolio(database, admin)
    foreign = encode_id("Initiative", (await an_initiative(database, stranger)).id)
    elsewhere = encode_id("Initiative", (await an_initiative(database, admin, portfolio_id=other.id)).id)
    own = [
        encode_id("Initiative", (await an_initiative(database, admin, portfolio_id=portfolio.id)).id)
        for _ in range(2)
    ]
    given = {"portfolioId": encode_id("Portfolio", portfolio.id), "name": "Either", "initiativeIds": own}

    async def refusal(document: str, actor: Any = admin, **changes: Any) -> tuple[str, list[Any]]:
        (answer,) = (await ask(actor, document, input=changes)).values()
        return answer["__typename"], answer["path"]

    assert await refusal(CREATE, **given | {"initiativeIds": own[:1]}) == (
        "InvalidInput",
        ["initiativeIds"],
    )
    assert await refusal(CREATE, **given | {"initiativeIds": [own[0], own[0]]}) == (
        "InvalidInput",
        ["initiativeIds", "1"],
    )
    assert await refusal(CREATE, **given | {"initiativeIds": [own[0], foreign]}) == (
        "NotFound",
        ["initiativeIds", "1"],
    )
    assert await refusal(CREATE, **given | {"initiativeIds": [own[0], elsewhere]}) == (
        "InvalidInput",
        ["initiativeIds", "1"],
    )
    assert await refusal(CREATE, contributor, **given) == ("PermissionDenied", [])
    (created,) = (await ask(admin, CREATE, input=given)).values()
    group_id = created["group"]["id"]
    assert await refusal(CREATE, **given | {"name": "EITHER"}) == ("Conflict", ["name"])
    assert await refusal(REMOVE, id=group_id, initiativeIds=own[:1]) == ("InvalidInput", ["initiativeIds"])
    assert await refusal(REMOVE, id=group_id, initiativeIds=[elsewhere]) == (
        "NotFound",
        ["initiativeIds", "0"],
    )
    assert await refusal(ADD, id=group_id, initiativeIds=own, expectedVersion=7) == (
        "Conflict",
        ["expectedVersion"],
    )
    assert await refusal(ARCHIVE, stranger, id=group_id) == ("NotFound", ["id"])


async def test_groups_are_read_with_as_many_statements_for_many_as_for_few(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    portfolio = await a_portfolio(database, admin)
    own = [
        encode_id("Initiative", (await an_initiative(database, admin, portfolio_id=portfolio.id)).id)
        for _ in range(3)
    ]
    portfolio_id = encode_id("Portfolio", portfolio.id)
    counts = []
    for number in range(3):
        given = {"portfolioId": portfolio_id, "name": f"Group {number}", "initiativeIds": own}
        await ask(admin, CREATE, input=given)
        await ask(admin, LISTED, id=portfolio_id)
        with counted(database) as statements:
            listed = await ask(admin, LISTED, id=portfolio_id)
        assert len(listed["node"]["alternativeGroups"]) == number + 1
        counts.append(len(statements))
    assert len(set(counts)) == 1
