"""Trusted documents: named by id instead of sent, and nothing else if so configured."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import strawberry
from fastapi import FastAPI

from api.transport import EdgeSettings, mount_graphql
from api.trusted_documents import TrustedDocuments, load_trusted_documents
from domain.errors import SetupError

GREETING = "query Greeting($name: String!) { greeting(name: $name) }"
HASH = hashlib.sha256(GREETING.encode()).hexdigest()


@strawberry.type
class Query:
    @strawberry.field
    def greeting(self, name: str) -> str:
        return f"Hello {name}"


async def answer(trusted: TrustedDocuments, body: dict[str, Any]) -> Any:
    """What the endpoint answers to a body: the data, or the code of the first error."""
    app = FastAPI()

    async def nobody(token: str | None, connection: object) -> None:
        return None

    mount_graphql(
        app,
        schema=strawberry.Schema(Query),
        authenticate=nobody,
        make_context=lambda viewer, info: None,
        settings=EdgeSettings(trusted=trusted),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        response = await client.post(
            "/graphql", json=body, headers={"Accept": "application/graphql-response+json"}
        )
    content = response.json()
    if "data" in content:
        return content["data"]
    assert response.status_code == 400
    return content["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("only", [False, True])
async def test_a_document_is_found_by_its_id_and_by_its_hash(only: bool) -> None:
    trusted = TrustedDocuments({HASH: GREETING, "greeting-1": GREETING}, only=only)
    variables = {"variables": {"name": "Ada"}}
    automatic = {"persistedQuery": {"version": 1, "sha256Hash": HASH}}
    for asked in (
        {"documentId": HASH},
        {"documentId": f"sha256:{HASH}"},
        {"documentId": "greeting-1"},
        {"extensions": automatic},
        {"query": GREETING},
    ):
        assert await answer(trusted, asked | variables) == {"greeting": "Hello Ada"}
    assert await answer(trusted, {"documentId": "another"} | variables) == "UNKNOWN_DOCUMENT"
    unknown = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    assert await answer(trusted, {"extensions": unknown}) == "PERSISTED_QUERY_NOT_SUPPORTED"
    for broken in ({"persistedQuery": None}, {"persistedQuery": {"sha256Hash": ["x"]}}):
        assert await answer(trusted, {"extensions": broken}) == "PERSISTED_QUERY_NOT_SUPPORTED"
    both = {"documentId": HASH, "query": GREETING}
    for malformed in (both, {"documentId": 7}, {"query": 7}, {}):
        assert await answer(trusted, malformed | variables) == "BAD_USER_INPUT"


async def test_nothing_but_trusted_documents_is_executed_where_it_is_so_configured() -> None:
    other = {"query": '{ greeting(name: "Ada") }'}
    assert await answer(TrustedDocuments({HASH: GREETING}), other) == {"greeting": "Hello Ada"}
    assert await answer(TrustedDocuments({HASH: GREETING}, only=True), other) == "UNKNOWN_DOCUMENT"


def test_manifests_are_read_as_the_clients_builds_write_them(tmp_path: Path) -> None:
    plain, apollo = tmp_path / "persisted.json", tmp_path / "manifest.json"
    plain.write_bytes(orjson.dumps({HASH: GREETING}))
    operation = {"id": "one", "name": "Greeting", "type": "query", "body": GREETING}
    apollo.write_bytes(
        orjson.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]})
    )
    assert load_trusted_documents([plain, apollo]).texts == {HASH: GREETING, "one": GREETING}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[", "is not JSON"),
        ("[]", "is no manifest"),
        ('{"a": 1}', "is no manifest"),
        ('{"": "{ a }"}', "is no manifest"),
        ('{"operations": [{"id": "a"}]}', "is no manifest"),
        ('{"operations": ["a"]}', "is no manifest"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(SetupError, match=complaint):
        load_trusted_documents([path])


def test_contradicting_missing_and_empty_manifests_are_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text('{"a": "{ a }"}')
    other.write_text('{"a": "{ b }"}')
    with pytest.raises(SetupError, match="stands for another document"):
        load_trusted_documents([one, other])
    with pytest.raises(SetupError, match="can't be read"):
        load_trusted_documents([tmp_path / "nothing.json"])
    with pytest.raises(SetupError, match="there are none"):
        load_trusted_documents([], only=True)
