import asyncio
import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from graphql import build_client_schema, get_introspection_query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from api.budget import CostBudget
from api.limits import QueryLimits
from api.transport import EdgeSettings
from tests.api.edge import Seen, Server, errors_of, mount, serve

GRAPHQL = "application/graphql-response+json"
UNFINISHED = (
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
)
JSON = "application/json"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(EdgeSettings(timeout_seconds=1.0, max_body_bytes=20_000)) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(headers={"Accept": GRAPHQL}) as client:
        yield client


def ask(client: httpx.Client, server: Server, query: str, **parameters: Any) -> httpx.Response:
    headers = parameters.pop("headers", {})
    return client.post(server.url, json={"query": query, **parameters}, headers=headers)


def send(client: httpx.Client, server: Server, body: bytes, **headers: str) -> httpx.Response:
    return client.post(server.url, content=body, headers={"Content-Type": JSON, **headers})


def test_a_query_is_answered_with_data_and_its_cost(client: httpx.Client, server: Server) -> None:
    response = ask(client, server, "{ hello }")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert response.json() == {
        "data": {"hello": "hello world"},
        "extensions": {"cost": {"requested": 1, "limit": 50_000}},
    }


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, GRAPHQL),
        ("", GRAPHQL),
        ("*/*", GRAPHQL),
        ("application/*", GRAPHQL),
        (JSON, JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (f'{JSON};charset="UTF-8"', JSON),
        (GRAPHQL, GRAPHQL),
        (GRAPHQL.upper(), GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{JSON};q=0.5, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.1, {JSON};q=0.9", JSON),
        (f"{GRAPHQL},{JSON};q=0.9", GRAPHQL),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{GRAPHQL}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed", GRAPHQL),
        (f"text/event-stream, {JSON};q=0.2", JSON),
        (f"multipart/mixed;deferSpec=20220824,{GRAPHQL},{JSON}", GRAPHQL),
        (f"bad, ;q=1, text/html;q=x, {JSON}", JSON),
    ],
)
def test_the_answer_has_the_media_type_that_the_client_prefers(
    server: Server, accept: str | None, answered: str
) -> None:
    with httpx.Client() as client:
        request = client.build_request("POST", server.url, json={"query": "{ hello }"})
        del request.headers["accept"]
        if accept is not None:
            request.headers["accept"] = accept
        response = client.send(request)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "text/event-stream",
        f"{JSON};q=0",
        f"{JSON};charset=iso-8859-1",
        "application/xml, text/*",
        "*/*;q=0",
        f"{JSON};q=2",
        "garbage",
    ],
)
def test_a_client_that_accepts_neither_type_gets_406(
    client: httpx.Client, server: Server, accept: str
) -> None:
    response = ask(client, server, "{ hello }", headers={"Accept": accept})
    assert response.status_code == 406
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert errors_of(response.json())[0][0] == "BAD_USER_INPUT"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_allowed(client: httpx.Client, server: Server, method: str) -> None:
    response = client.request(method, server.url, params={"query": "mutation { bump }"})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert errors_of(response.json()) == [("BAD_USER_INPUT", "Use POST.")]


def test_a_browser_gets_no_graphiql_unless_it_is_enabled(client: httpx.Client, server: Server) -> None:
    assert client.get(server.url, headers={"Accept": "text/html"}).status_code == 405
    assert client.get(server.url.replace("/graphql", "/graphiql/index.html")).status_code == 404


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonx",
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "application/json; charset",
    ],
)
def test_only_json_in_utf8_is_read(server: Server, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = httpx.post(server.url, content=b'{"query": "mutation { bump }"}', headers=headers)
    assert response.status_code == 415
    assert errors_of(response.json()) == [
        ("BAD_USER_INPUT", "`Content-Type` must be application/json in UTF-8.")
    ]
    assert server.seen.bumps == 0


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8", "application/json;"]
)
def test_the_charset_may_be_said(client: httpx.Client, server: Server, content_type: str) -> None:
    response = send(
        client, server, '{"query": "{ hello(name: \\"Жé\\") }"}'.encode(), **{"Content-Type": content_type}
    )
    assert response.json()["data"] == {"hello": "hello Жé"}


def test_a_compressed_body_is_refused(client: httpx.Client, server: Server) -> None:
    assert send(client, server, b"\x1f\x8b", **{"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"1",
        b'"x"',
        b"null",
        b"true",
        b"[]",
        b"{}",
        b"{",
        b'[{"query": "{ hello }"}]',
        b"\xff\xfe",
        '{"query": "{ hello }"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"query": "{ hello }"}',
        b'{"query": "\\ud800"}',
        b"[" * 9_000,
        b'{"query": "{ hello }", "variables": ' + b'{"a":' * 3_000 + b"1" + b"}" * 3_000 + b"}",
        b'{"query": "{ hello }", "variables": {"a": ' + b"1" * 5_000 + b"}}",
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": 1}',
        b'{"query": ["{ hello }"]}',
        b'{"query": "{ hello }", "variables": []}',
        b'{"query": "{ hello }", "variables": "{}"}',
        b'{"query": "{ hello }", "variables": 0}',
        b'{"query": "{ hello }", "operationName": 1}',
        b'{"query": "{ hello }", "operationName": {}}',
        b'{"query": "{ hello }", "extensions": []}',
        b'{"query": "{ hello }", "extensions": "x"}',
        b'{"id": "abc"}',
    ],
)
def test_a_body_that_is_no_request_is_400_and_a_graphql_error(
    client: httpx.Client, server: Server, body: bytes, accept: str
) -> None:
    response = send(client, server, body, Accept=accept)
    assert response.status_code == 400
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    answered = response.json()
    assert set(answered) == {"errors"}
    assert errors_of(answered)[0][0] == "BAD_USER_INPUT"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ).map(lambda value: json.dumps(value).encode()),
        st.fixed_dictionaries(
            {"query": st.text() | st.sampled_from(["{ hello }", "{", "query A { hello } query B { hello }"])},
            optional={
                "variables": st.none() | st.dictionaries(st.text(), st.integers()) | st.text(),
                "operationName": st.none() | st.text() | st.integers(),
                "extensions": st.none() | st.dictionaries(st.text(), st.text()) | st.booleans(),
            },
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_no_body_is_answered_with_a_server_error(client: httpx.Client, server: Server, body: bytes) -> None:
    response = send(client, server, body)
    assert response.status_code in (200, 400)
    answered = response.json()
    assert ("data" in answered) == (response.status_code == 200)
    assert "INTERNAL_SERVER_ERROR" not in response.text


def test_a_body_beyond_the_limit_is_413(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.putrequest("POST", "/graphql")
    connection.putheader("Content-Type", JSON)
    connection.putheader("Content-Length", "20001")
    connection.endheaders(b'{"query": "')
    response = connection.getresponse()
    assert response.status == 413
    assert errors_of(json.loads(response.read())) == [
        ("BAD_USER_INPUT", "The body must not be longer than 20000 bytes.")
    ]
    connection.close()


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    chunks = iter([b'{"query": "', b"x" * 20_000])
    connection.request("POST", "/graphql", body=chunks, headers={"Content-Type": JSON}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_a_body_that_does_not_come_is_408(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        raw.sendall(UNFINISHED)
        assert raw.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_a_client_that_goes_away_leaves_the_server_well(client: httpx.Client, server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(UNFINISHED)
    with capture_logs() as logs:
        time.sleep(0.1)
        assert ask(client, server, "{ hello }").status_code == 200
    assert [entry["event"] for entry in logs] == ["graphql_operation"]


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL, 400), (JSON, 200)])
@pytest.mark.parametrize(
    ("query", "parameters", "code", "message"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED", "Syntax Error: Expected Name, found <EOF>."),
        ("{ helo }", {}, "GRAPHQL_VALIDATION_FAILED", "Cannot query field 'helo' on type 'Query'."),
        (
            "query ($v: Int!) { number(value: $v) }",
            {},
            "BAD_USER_INPUT",
            "Variable '$v' has invalid value: Expected a value of non-null type 'Int!' to be provided.",
        ),
        (
            "query ($v: Int!) { number(value: $v) }",
            {"variables": {"v": 2**31}},
            "BAD_USER_INPUT",
            None,
        ),
        (
            "query ($m: DateTime!) { later(moment: $m) }",
            {"variables": {"m": "2026"}},
            "BAD_USER_INPUT",
            None,
        ),
        (
            "query A { hello } query B { hello }",
            {},
            "BAD_USER_INPUT",
            "The document has several operations: say which in `operationName`.",
        ),
        (
            "query A { hello } mutation B { bump }",
            {"operationName": ""},
            "BAD_USER_INPUT",
            "The document has several operations: say which in `operationName`.",
        ),
        (
            "query A { hello }",
            {"operationName": "B"},
            "BAD_USER_INPUT",
            "`operationName` is not the name of an operation in the document.",
        ),
        (
            "fragment F on Query { hello }",
            {"operationName": None},
            "GRAPHQL_VALIDATION_FAILED",
            "Fragment 'F' is never used.",
        ),
        (
            "subscription { count(to: 1) }",
            {},
            "BAD_USER_INPUT",
            "Subscriptions are served over WebSocket, with graphql-transport-ws.",
        ),
        ("{ __schema { queryType { name } } }", {}, "GRAPHQL_VALIDATION_FAILED", None),
        ("{ choose(choice: {a: 1, b: 2}) }", {}, "GRAPHQL_VALIDATION_FAILED", None),
        ("query ($c: Choice!) { choose(choice: $c) }", {"variables": {"c": {}}}, "BAD_USER_INPUT", None),
        ("{ choose(choice: {a: $undefined}) }", {}, "GRAPHQL_VALIDATION_FAILED", None),
    ],
)
def test_what_is_wrong_with_the_document_has_its_code_and_place(
    client: httpx.Client,
    server: Server,
    query: str,
    parameters: dict[str, Any],
    code: str,
    message: str | None,
    accept: str,
    status: int,
) -> None:
    response = ask(client, server, query, **parameters, headers={"Accept": accept})
    assert response.status_code == status
    answered = response.json()
    assert set(answered) == {"errors"}
    first = answered["errors"][0]
    assert first["extensions"] == {"code": code}
    assert message is None or first["message"] == message
    assert server.seen.bumps == 0


def test_one_of_is_checked_behind_a_variable_in_a_fragment(client: httpx.Client, server: Server) -> None:
    query = "fragment F on Query { choose(choice: {a: $x}) } query ($x: Int) { ...F }"
    assert ask(client, server, query, variables={"x": 1}).json()["data"] == {"choose": "1 "}
    assert errors_of(ask(client, server, query, variables={"x": None}).json())[0][0] == "BAD_USER_INPUT"


def test_syntax_and_validation_errors_say_where(client: httpx.Client, server: Server) -> None:
    assert ask(client, server, "{\n  hello(").json()["errors"][0]["locations"] == [{"line": 2, "column": 9}]
    assert ask(client, server, "{\n  helo }").json()["errors"][0]["locations"] == [{"line": 2, "column": 3}]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ helo }", {}),
        ("{ hello(nam: 1) }", {}),
        ("{ ... on Tea { name } }", {}),
        ("query ($c: Choise) { hello }", {}),
        ("query ($c: Choice!) { choose(choice: $c) }", {"c": {"aa": 1}}),
    ],
)
def test_names_of_the_schema_are_not_suggested(
    client: httpx.Client, server: Server, query: str, variables: dict[str, Any]
) -> None:
    response = ask(client, server, query, variables=variables)
    assert response.status_code == 400
    assert "Did you mean" not in response.text


def test_development_may_have_suggestions_introspection_and_exceptions() -> None:
    development = EdgeSettings(introspection=True, suggestions=True, debug=True)
    with serve(development) as server, httpx.Client() as client:
        assert "Did you mean 'hello'?" in ask(client, server, "{ helo }").text
        introspected = ask(client, server, "{ __schema { queryType { name } } }").json()
        assert introspected["data"] == {"__schema": {"queryType": {"name": "Query"}}}
        failed = ask(client, server, "{ fail }").json()["errors"][0]
        assert failed["extensions"]["exception"] == "ZeroDivisionError: secret detail"


def test_the_operation_is_chosen_by_name(client: httpx.Client, server: Server) -> None:
    document = "query A { hello } query B { viewer }"
    assert ask(client, server, document, operationName="B").json()["data"] == {"viewer": "anonymous"}
    assert ask(client, server, "query A { hello }", operationName="").status_code == 200
    assert ask(client, server, "query A { hello }").json()["data"] == {"hello": "hello world"}


def test_the_parameters_that_clients_add_are_taken(client: httpx.Client, server: Server) -> None:
    response = ask(
        client,
        server,
        "query H($n: String) { hello(name: $n) }",
        operationName="H",
        variables={"n": "you", "unknown": 1},
        extensions={"clientLibrary": {"name": "@apollo/client", "version": "4.0.0"}},
    )
    assert response.json()["data"] == {"hello": "hello you"}
    nothing = ask(client, server, "{ hello }", operationName=None, variables=None, extensions=None)
    assert nothing.status_code == 200


def test_an_apq_client_learns_to_send_the_document(client: httpx.Client, server: Server) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    for accept, status in ((GRAPHQL, 400), (JSON, 200)):
        response = client.post(server.url, json={"extensions": extensions}, headers={"Accept": accept})
        assert response.status_code == status
        assert errors_of(response.json()) == [("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")]
    assert ask(client, server, "{ hello }", extensions=extensions).status_code == 200


def test_a_failing_field_is_null_and_masked(client: httpx.Client, server: Server) -> None:
    with capture_logs() as logs:
        response = ask(client, server, "query Q { hello fail }", headers={"X-Request-Id": "abc-1"})
    assert response.status_code == 200
    assert response.headers["x-request-id"] == "abc-1"
    answered = response.json()
    assert answered["data"] == {"hello": "hello world", "fail": None}
    assert answered["errors"] == [
        {
            "message": "Internal server error",
            "locations": [{"line": 1, "column": 17}],
            "path": ["fail"],
            "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "abc-1"},
        }
    ]
    fault, operation = logs
    assert (fault["event"], fault["request_id"], fault["operation"]) == ("graphql_fault", "abc-1", "Q")
    assert str(fault["exc_info"]) == "secret detail"
    assert operation["errors"] == ["INTERNAL_SERVER_ERROR"]


def test_a_required_field_that_fails_leaves_data_null_and_the_status_200(
    client: httpx.Client, server: Server
) -> None:
    response = ask(client, server, "{ failRequired }")
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert "secret" not in response.text


def test_a_fault_of_a_resolver_is_shown(client: httpx.Client, server: Server) -> None:
    answered = ask(client, server, "{ forbidden }").json()
    assert errors_of(answered) == [("FORBIDDEN", "Only the board.")]
    assert answered["data"] == {"forbidden": None}


def test_what_is_not_json_is_masked(client: httpx.Client, server: Server) -> None:
    response = ask(client, server, "{ notJson }")
    assert response.status_code == 500
    assert errors_of(response.json()) == [("INTERNAL_SERVER_ERROR", "Internal server error")]


@pytest.mark.parametrize("given", ["", " ", "a b", "x" * 129, "é", "a\tb", "{}", "'"])
def test_a_request_id_that_is_not_sane_is_replaced(server: Server, given: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    headers = {"Content-Type": JSON, "X-Request-Id": given}
    connection.request("POST", "/graphql", body=b'{"query": "{ requestId }"}', headers=headers)
    response = connection.getresponse()
    answered = response.headers["x-request-id"]
    assert len(answered) == 32
    assert answered != given
    assert json.loads(response.read())["data"] == {"requestId": answered}
    connection.close()


def test_the_log_has_the_operation_and_never_its_text_variables_or_token(
    client: httpx.Client, server: Server
) -> None:
    with capture_logs() as logs:
        ask(
            client,
            server,
            "query Greet($n: String!) { hello(name: $n) fail }",
            variables={"n": "private-variable"},
            headers={"Authorization": "Bearer private-token"},
        )
        ask(client, server, '{ hello(name: "private-text" }', headers={"X-Request-Id": "r-7"})
    assert [entry["event"] for entry in logs] == ["graphql_fault", "graphql_operation", "graphql_refused"]
    assert logs[1]["operation"] == "Greet"
    assert logs[1]["type"] == "query"
    assert logs[1]["cost"] == 1
    assert logs[2] == {
        "event": "graphql_refused",
        "log_level": "info",
        "request_id": "r-7",
        "errors": ["GRAPHQL_PARSE_FAILED"],
    }
    assert "private" not in repr(logs)


@pytest.mark.parametrize(
    ("authorization", "viewer"),
    [
        (None, "anonymous"),
        ("Bearer alice", "alice"),
        ("bearer  alice", "alice"),
        ("BEARER a.b-c_d~e+f/g=", None),
    ],
)
def test_the_viewer_comes_from_the_bearer_token(
    client: httpx.Client, server: Server, authorization: str | None, viewer: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = ask(client, server, "{ viewer }", headers=headers)
    assert response.json()["data"] == {"viewer": viewer or "a.b-c_d~e+f/g="}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    ("authorization", "status", "code"),
    [
        ("Bearer bad", 401, "UNAUTHENTICATED"),
        ("Basic YWxpY2U6eA==", 401, "UNAUTHENTICATED"),
        ("Bearer", 401, "UNAUTHENTICATED"),
        ("Bearer a b", 401, "UNAUTHENTICATED"),
        ("Bearer " + "x" * 5000, 401, "UNAUTHENTICATED"),
        ("Bearer down", 503, "UNAVAILABLE"),
        ("Bearer crash", 500, "INTERNAL_SERVER_ERROR"),
        ("Bearer contextless", 500, "INTERNAL_SERVER_ERROR"),
        ("Bearer stuck", 504, "TIMEOUT"),
    ],
)
def test_without_a_viewer_nothing_runs(
    client: httpx.Client, server: Server, authorization: str, status: int, code: str, accept: str
) -> None:
    headers = {"Authorization": authorization, "Accept": accept}
    response = ask(client, server, "mutation { bump }", headers=headers)
    assert response.status_code == status
    assert errors_of(response.json())[0][0] == code
    assert response.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    assert response.headers.get("retry-after") == ("1" if status == 503 else None)
    assert "secret" not in response.text
    assert server.seen.bumps == 0


def test_an_operation_that_takes_too_long_is_cancelled(client: httpx.Client, server: Server) -> None:
    started = time.monotonic()
    response = ask(client, server, "{ slow(seconds: 30) }")
    assert time.monotonic() - started < 5
    assert response.status_code == 504
    assert errors_of(response.json()) == [
        ("TIMEOUT", "The operation took longer than 1 s and was cancelled.")
    ]
    assert server.seen.cancelled == ["slow"]


def test_a_mutation_that_takes_too_long_may_have_been_applied(client: httpx.Client, server: Server) -> None:
    ((code, message),) = errors_of(ask(client, server, "mutation { slowBump(seconds: 30) }").json())
    assert code == "TIMEOUT"
    assert "may or may not have been applied" in message


def test_several_operations_run_at_once_and_answer_for_themselves(server: Server) -> None:
    async def both() -> list[httpx.Response]:
        async with httpx.AsyncClient() as client:
            queries = ["{ slow(seconds: 0.5) }", "{ hello }", "{ slow(seconds: 0.5) }"]
            posts = [client.post(server.url, json={"query": query}) for query in queries]
            return list(await asyncio.gather(*posts))

    started = time.monotonic()
    answers = [response.json()["data"] for response in asyncio.run(both())]
    assert answers == [{"slow": "done"}, {"hello": "hello world"}, {"slow": "done"}]
    assert time.monotonic() - started < 1.0


def test_a_long_document_is_answered_like_a_short_one(client: httpx.Client, server: Server) -> None:
    document = "{ hello " + "# comment\n" * 600 + "}"
    for _ in range(2):
        assert ask(client, server, document).json()["data"] == {"hello": "hello world"}


def test_a_token_that_spent_its_budget_is_told_when_to_come_back() -> None:
    now = [1_769_850_000.0]
    budget = CostBudget(capacity=100, per_minute=60, clock=lambda: now[0])
    limits = QueryLimits(max_cost=100)
    query, headers = "{ teams(first: 60) { nodes { name } } }", {"Authorization": "Bearer alice"}
    with serve(EdgeSettings(limits=limits), budget) as server, httpx.Client() as client:
        assert ask(client, server, query, headers=headers).status_code == 200
        refused = ask(client, server, query, headers=headers)
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "22"
        assert refused.json()["errors"][0]["extensions"] == {
            "code": "COST_LIMIT",
            "requested": 61,
            "limit": 100,
            "retryAfter": 22,
            "resetAt": "2026-01-31T09:01:01Z",
        }
        assert ask(client, server, query, headers={"Authorization": "Bearer bob"}).status_code == 200
        assert ask(client, server, query).status_code == 200
        now[0] += 22
        assert ask(client, server, query, headers=headers).status_code == 200


def test_a_budget_that_no_operation_could_spend_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match=r"at least limits\.max_cost"):
        mount(FastAPI(), Seen(), EdgeSettings(), CostBudget(capacity=10))


def test_a_draining_server_refuses_new_operations() -> None:
    with serve(EdgeSettings()) as server, httpx.Client() as client:
        server.edge.http.draining = True
        response = ask(client, server, "mutation { bump }")
        assert response.status_code == 503
        assert response.headers["retry-after"] == "1"
        assert errors_of(response.json())[0][0] == "UNAVAILABLE"
        assert server.seen.bumps == 0


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def development() -> Iterator[Server]:
    with serve(EdgeSettings(graphiql=True, introspection=True)) as server:
        yield server


def test_a_browser_gets_graphiql_from_the_package_where_it_is_enabled(development: Server) -> None:
    response = httpx.get(development.url, headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    links = re.findall(r'(?:src|href)="([^"]*)"', response.text)
    assert "://" not in response.text
    assert len(links) == 8
    for link in links:
        if not link.startswith("data:"):
            asset = httpx.get(httpx.URL(development.url).join(link))
            assert asset.status_code == 200
            assert len(asset.content) > 20


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html, application/json", True),
        ("application/json, text/html", False),
        ("text/html;q=0.5, application/json;q=0.9", False),
        ("text/html;q=0, application/xml", False),
        ("*/*", False),
        ("text/*", False),
        ("application/json", False),
        (GRAPHQL, False),
    ],
)
def test_only_a_client_that_would_rather_have_html_gets_graphiql(
    development: Server, accept: str, html: bool
) -> None:
    response = httpx.get(development.url, headers={"Accept": accept})
    assert response.status_code == (200 if html else 405)
    assert response.headers.get("allow") == (None if html else "POST")


def test_the_introspection_query_of_graphiql_is_answered(development: Server) -> None:
    query = get_introspection_query(
        schema_description=True, specified_by_url=True, directive_is_repeatable=True, one_of=True
    )
    response = httpx.post(development.url, json={"query": query, "operationName": "IntrospectionQuery"})
    assert build_client_schema(response.json()["data"]).query_type is not None


def test_nothing_outside_the_assets_is_served(development: Server) -> None:
    with socket.create_connection(("127.0.0.1", development.port), timeout=5) as raw:
        raw.sendall(b"GET /graphiql/../../transport.py HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.1 404 ")
