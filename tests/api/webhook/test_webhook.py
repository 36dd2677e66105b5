"""Webhooks through the schema: the secret once, administrators only, and messages with global ids."""

from datetime import UTC, datetime

from api.ids import encode_id
from api.webhook.messages import described_change
from domain.db import Database
from domain.enums import Role
from domain.webhook.gathering import gather
from domain.webhook.sending import send_due
from tests.api.conftest import Ask
from tests.domain.webhook.receiver import a_receiver
from tests.factories import a_member, a_team, an_organisation

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CREATE = (
    "mutation($input: WebhookCreateInput!) { webhookCreate(input: $input) { __typename"
    " ... on WebhookCreateSuccess { secret webhook { id name url parts paused version } }"
    " ... on UserError { message path } } }"
)
READ = (
    "{ webhooks { totalCount nodes { name deliveries { totalCount nodes"
    " { state attempts lastStatus lastError body key } } } } }"
)


async def test_an_administrator_sets_up_a_webhook_and_sees_what_was_sent(
    database: Database, ask: Ask
) -> None:
    actor = await an_organisation(database)
    async with a_receiver() as receiver:
        created = await ask(actor, CREATE, input={"name": "Chat", "url": receiver.url, "parts": ["team"]})
        success = created["webhookCreate"]
        assert success["secret"].startswith("whsec_")
        webhook = success["webhook"]
        assert (webhook["parts"], webhook["paused"], webhook["version"]) == (["team"], False, 1)
        team = await a_team(database, actor)
        await gather(database, actor.organisation_id, NOW, describe=described_change)
        await send_due(database, actor.organisation_id, NOW, private=True)
    (node,) = (await ask(actor, READ))["webhooks"]["nodes"]
    (delivery,) = node["deliveries"]["nodes"]
    (message,) = receiver.received
    assert (delivery["state"], delivery["attempts"], delivery["lastStatus"]) == ("DELIVERED", 1, 204)
    assert (delivery["body"].encode(), delivery["key"]) == (message.body, message.headers["webhook-id"])
    (change,) = message.content["changes"]
    assert change["nodeId"] == encode_id("Team", team.id)
    assert (change["typeName"], change["part"], change["operation"]) == ("Team", "team", "INSERT")
    paused = await ask(
        actor,
        "mutation($id: ID!) { webhookUpdate(input: {id: $id, paused: true}) { ... on WebhookUpdateSuccess"
        " { webhook { paused version url } } } }",
        id=webhook["id"],
    )
    assert paused["webhookUpdate"]["webhook"] == {"paused": True, "version": 2, "url": receiver.url}
    replaced = await ask(
        actor,
        "mutation($id: ID!) { webhookSecretReplace(input: {id: $id}) { ... on WebhookSecretReplaceSuccess"
        " { secret } } }",
        id=webhook["id"],
    )
    assert replaced["webhookSecretReplace"]["secret"] != success["secret"]
    archived = await ask(
        actor,
        "mutation($id: ID!) { webhookArchive(input: {id: $id}) { ... on WebhookArchiveSuccess"
        " { webhook { archivedAt } } } }",
        id=webhook["id"],
    )
    assert archived["webhookArchive"]["webhook"]["archivedAt"] is not None
    assert (await ask(actor, READ))["webhooks"]["totalCount"] == 0


async def test_bad_input_is_told_where_it_is(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    for url, name in (("ftp://example.org", "Chat"), ("https://example.org", " ")):
        refused = (await ask(actor, CREATE, input={"name": name, "url": url}))["webhookCreate"]
        assert refused["__typename"] == "InvalidInput"
        assert refused["path"] == (["url"] if url.startswith("ftp") else ["name"])
    parts = {"name": "Chat", "url": "https://example.org", "parts": ["Team!"]}
    refused = (await ask(actor, CREATE, input=parts))["webhookCreate"]
    assert (refused["__typename"], refused["path"][0]) == ("InvalidInput", "parts")


async def test_nobody_but_administrators_sees_a_webhook_or_its_trail(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    created = await ask(admin, CREATE, input={"name": "Chat", "url": "https://example.org/secret"})
    webhook = created["webhookCreate"]["webhook"]["id"]
    node = "query($id: ID!) { node(id: $id) { __typename ... on Webhook { url } } }"
    assert (await ask(board, node, id=webhook))["node"] is None
    assert (await ask(admin, node, id=webhook))["node"]["url"] == "https://example.org/secret"
    trail = "{ auditTrail { totalCount nodes { typeName } } }"
    seen = (await ask(board, trail))["auditTrail"]["nodes"]
    assert "Webhook" not in {entry["typeName"] for entry in seen}
    seen = (await ask(admin, trail))["auditTrail"]["nodes"]
    assert "Webhook" in {entry["typeName"] for entry in seen}
