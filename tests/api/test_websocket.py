import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.budget import CostBudget
from api.limits import QueryLimits
from api.transport import EdgeSettings
from api.websocket import SocketLimits
from tests.api.edge import Server, errors_of, serve

PROTOCOL = Subprotocol("graphql-transport-ws")

Message = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    limits = SocketLimits(init_seconds=0.5, max_operations=3, authenticate_every_seconds=0.2)
    with serve(EdgeSettings(timeout_seconds=1.0, max_body_bytes=20_000, socket=limits)) as server:
        yield server


class Socket:
    """A client that speaks JSON and does not wait for ever."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, *messages: Message) -> None:
        for message in messages:
            await self.connection.send(json.dumps(message))

    async def receive(self) -> Message:
        message: Message = json.loads(await asyncio.wait_for(self.connection.recv(), 5))
        return message

    async def subscribe(self, query: str, id_: str = "1", **parameters: Any) -> None:
        await self.send({"type": "subscribe", "id": id_, "payload": {"query": query, **parameters}})

    async def closed(self) -> tuple[int, str]:
        """Wait until the server closes, whatever it sends before; return code and reason."""
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(self.connection.recv(), 5)
        return self.connection.close_code or 0, self.connection.close_reason or ""


@contextlib.asynccontextmanager
async def opened(server: Server, **headers: str) -> AsyncIterator[Socket]:
    """A socket before connection_init."""
    async with connect(
        server.socket_url, subprotocols=[PROTOCOL], additional_headers=headers, proxy=None
    ) as connection:
        yield Socket(connection)


@contextlib.asynccontextmanager
async def ready(server: Server, payload: object = None, **headers: str) -> AsyncIterator[Socket]:
    """A socket after connection_ack."""
    async with opened(server, **headers) as socket:
        await socket.send({"type": "connection_init", "payload": payload})
        assert await socket.receive() == {"type": "connection_ack"}
        yield socket


async def ended(server: Server, name: str) -> None:
    """Wait until the server has ended the subscription of this name."""
    for _ in range(500):
        if name in server.seen.closed:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{name} still runs")


def next_of(data: object, cost: int = 1, id_: str = "1") -> Message:
    payload = {"data": data, "extensions": {"cost": {"requested": cost, "limit": 50_000}}}
    return {"id": id_, "type": "next", "payload": payload}


def complete_of(id_: str = "1") -> Message:
    return {"id": id_, "type": "complete"}


@pytest.mark.parametrize("offered", [[], ["graphql-ws"], ["graphql-ws", "soap"]])
async def test_only_graphql_transport_ws_is_spoken(server: Server, offered: list[str]) -> None:
    subprotocols = [Subprotocol(name) for name in offered] or None
    async with connect(server.socket_url, subprotocols=subprotocols, proxy=None) as connection:
        assert await Socket(connection).closed() == (4406, "Only graphql-transport-ws is spoken here")


async def test_it_is_chosen_among_several_subprotocols(server: Server) -> None:
    offered = [Subprotocol("graphql-ws"), PROTOCOL]
    async with connect(server.socket_url, subprotocols=offered, proxy=None) as connection:
        assert connection.subprotocol == PROTOCOL


async def test_a_query_is_next_and_complete(server: Server) -> None:
    async with ready(server) as socket:
        await socket.subscribe("query H($n: String!) { hello(name: $n) }", variables={"n": "you"})
        assert await socket.receive() == next_of({"hello": "hello you"})
        assert await socket.receive() == complete_of()


async def test_a_mutation_runs_over_the_socket(server: Server) -> None:
    before = server.seen.bumps
    async with ready(server) as socket:
        await socket.subscribe("mutation { bump }")
        assert await socket.receive() == next_of({"bump": before + 1}, cost=10)
        assert await socket.receive() == complete_of()


async def test_a_subscription_is_a_next_for_each_event_and_complete(server: Server) -> None:
    async with ready(server) as socket:
        await socket.subscribe("subscription { count(to: 3) }")
        for number in range(3):
            assert await socket.receive() == next_of({"count": number}, cost=10)
        assert await socket.receive() == complete_of()


async def test_operations_run_side_by_side(server: Server) -> None:
    async with ready(server) as socket:
        await socket.subscribe("{ slow(seconds: 0.3) }", "slow")
        await socket.subscribe("{ hello }", "fast")
        received = [await socket.receive() for _ in range(4)]
    assert [(message["id"], message["type"]) for message in received] == [
        ("fast", "next"),
        ("fast", "complete"),
        ("slow", "next"),
        ("slow", "complete"),
    ]


async def test_an_id_may_be_used_again_after_complete(server: Server) -> None:
    async with ready(server) as socket:
        for _ in range(5):
            await socket.subscribe("{ hello }")
            assert await socket.receive() == next_of({"hello": "hello world"})
            assert await socket.receive() == complete_of()


async def test_a_client_that_completes_ends_the_subscription(server: Server) -> None:
    async with ready(server) as socket:
        await socket.subscribe('subscription { forever(name: "completed") }')
        assert await socket.receive() == next_of({"forever": "completed"}, cost=10)
        await socket.send(complete_of())
        await socket.subscribe("{ hello }")
        assert await socket.receive() == next_of({"hello": "hello world"})
        assert await socket.receive() == complete_of()
    await ended(server, "completed")


async def test_completing_what_does_not_run_is_ignored(server: Server) -> None:
    async with ready(server) as socket:
        await socket.send(complete_of("unknown"), {"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_a_client_that_goes_away_ends_its_subscriptions(server: Server) -> None:
    async with ready(server) as socket:
        await socket.subscribe('subscription { forever(name: "gone") }')
        await socket.receive()
    await ended(server, "gone")
    assert not server.edge.sockets.sessions


@pytest.mark.parametrize(
    ("query", "parameters", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ helo }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello }", {"operationName": "Unknown"}, "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", {}, "BAD_USER_INPUT"),
        ("{ hello }", {"variables": []}, "BAD_USER_INPUT"),
        ("{ hello }", {"operationName": 1}, "BAD_USER_INPUT"),
        ("query ($v: Int!) { number(value: $v) }", {}, "BAD_USER_INPUT"),
        ("subscription ($v: Int!) { count(to: $v) }", {}, "BAD_USER_INPUT"),
        ("{ slow(seconds: 30) }", {}, "TIMEOUT"),
        ("subscription { failAtOnce(events: 0) }", {}, "FORBIDDEN"),
        ("subscription { tickTeams { slow(seconds: 30) } }", {}, "TIMEOUT"),
        ("{ a: notJson }", {}, "INTERNAL_SERVER_ERROR"),
        ("{" + " ".join(f"a{i}: hello" for i in range(21)) + "}", {}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_is_wrong_with_an_operation_is_its_error_and_the_socket_stays(
    server: Server, query: str, parameters: Message, code: str
) -> None:
    async with ready(server) as socket:
        await socket.subscribe(query, "bad", **parameters)
        message = await socket.receive()
        assert (message["id"], message["type"]) == ("bad", "error")
        assert errors_of({"errors": message["payload"]})[0][0] == code
        await socket.subscribe("{ hello }", "bad")
        assert await socket.receive() == next_of({"hello": "hello world"}, id_="bad")


async def test_a_failing_field_is_masked_in_next(server: Server) -> None:
    async with ready(server) as socket:
        with capture_logs() as logs:
            await socket.subscribe("{ fail }")
            message = await socket.receive()
    (error,) = message["payload"]["errors"]
    assert message["payload"]["data"] == {"fail": None}
    assert error["message"] == "Internal server error"
    assert error["extensions"]["requestId"] == logs[0]["request_id"]


async def test_a_source_that_fails_ends_the_subscription_with_a_masked_error(server: Server) -> None:
    async with ready(server) as socket:
        await socket.subscribe("subscription { failAfter(events: 1) }")
        assert await socket.receive() == next_of({"failAfter": 0}, cost=10)
        message = await socket.receive()
        assert message["type"] == "error"
        assert errors_of({"errors": message["payload"]}) == [
            ("INTERNAL_SERVER_ERROR", "Internal server error")
        ]


async def test_each_event_has_a_context_of_its_own(server: Server) -> None:
    async with ready(server) as socket:
        await socket.subscribe("subscription { tickTeams { contextNumber } }")
        first, second = await socket.receive(), await socket.receive()
    numbers = [m["payload"]["data"]["tickTeams"]["contextNumber"] for m in (first, second)]
    assert numbers[1] == numbers[0] + 1


@pytest.mark.parametrize(
    ("payload", "headers", "viewer"),
    [
        (None, {}, "anonymous"),
        ({}, {}, "anonymous"),
        ({"authorization": "Bearer alice"}, {}, "alice"),
        ({"Authorization": "bearer alice"}, {}, "alice"),
        ({"token": "alice"}, {}, "alice"),
        (None, {"Authorization": "Bearer alice"}, "alice"),
        ({"token": "bob"}, {"Authorization": "Bearer alice"}, "bob"),
    ],
)
async def test_the_token_comes_in_the_payload_or_the_handshake(
    server: Server, payload: object, headers: dict[str, str], viewer: str
) -> None:
    async with ready(server, payload, **headers) as socket:
        await socket.subscribe("{ viewer }")
        assert await socket.receive() == next_of({"viewer": viewer})


async def test_connection_init_may_have_no_payload_at_all(server: Server) -> None:
    async with opened(server) as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.receive() == {"type": "connection_ack"}


@pytest.mark.parametrize(
    "payload",
    [
        {"token": "bad"},
        {"authorization": "Basic x"},
        {"authorization": "alice"},
        {"authorization": 1},
        {"token": ["alice"]},
        {"token": ""},
    ],
)
async def test_a_token_that_is_not_valid_closes_with_4403(server: Server, payload: object) -> None:
    async with opened(server) as socket:
        await socket.send({"type": "connection_init", "payload": payload})
        assert await socket.closed() == (4403, "Forbidden")


async def test_a_database_that_does_not_answer_closes_with_1013(server: Server) -> None:
    async with opened(server) as socket:
        await socket.send({"type": "connection_init", "payload": {"token": "down"}})
        assert await socket.closed() == (1013, "Try again later")


async def test_an_authentication_that_crashes_closes_with_1011_and_is_logged(server: Server) -> None:
    with capture_logs() as logs:
        async with opened(server) as socket:
            await socket.send({"type": "connection_init", "payload": {"token": "crash"}})
            assert await socket.closed() == (1011, "Internal server error")
    assert [entry["event"] for entry in logs] == ["socket_fault"]


async def test_an_authentication_that_crashes_later_closes_with_1011(server: Server) -> None:
    with capture_logs() as logs:
        async with ready(server, {"token": "dave"}) as socket:
            server.seen.crashing.add("dave")
            assert await socket.closed() == (1011, "Internal server error")
    assert [entry["event"] for entry in logs] == ["socket_fault"]


async def test_a_database_that_is_down_for_a_while_does_not_end_an_open_socket(server: Server) -> None:
    with capture_logs() as logs:
        async with ready(server, {"token": "erin"}) as socket:
            server.seen.down.add("erin")
            await asyncio.sleep(0.5)
            server.seen.down.clear()
            await socket.subscribe("{ viewer }")
            assert await socket.receive() == next_of({"viewer": "erin"})
    assert "socket_not_authenticated_again" in [entry["event"] for entry in logs]


async def test_a_revoked_token_ends_an_open_socket(server: Server) -> None:
    async with ready(server, {"token": "carol"}) as socket:
        await socket.subscribe('subscription { forever(name: "revoked") }')
        await socket.receive()
        server.seen.revoked.add("carol")
        assert await socket.closed() == (4403, "Forbidden")
    await ended(server, "revoked")


async def test_a_revoked_token_starts_no_operation() -> None:
    limits = SocketLimits(authenticate_every_seconds=60)
    with serve(EdgeSettings(socket=limits)) as server:
        async with ready(server, {"token": "carol"}) as socket:
            server.seen.revoked.add("carol")
            await socket.subscribe("mutation { bump }")
            assert await socket.closed() == (4403, "Forbidden")
        assert server.seen.bumps == 0


async def test_silence_instead_of_connection_init_closes_with_4408(server: Server) -> None:
    async with opened(server) as socket:
        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_pings_do_not_put_off_the_initialisation_for_ever(server: Server) -> None:
    async with opened(server) as socket:
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}
        await socket.send({"type": "pong"})
        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_subscribing_before_connection_init_closes_with_4401(server: Server) -> None:
    async with opened(server) as socket:
        await socket.subscribe("{ hello }")
        assert await socket.closed() == (4401, "Unauthorized")


async def test_a_second_connection_init_closes_with_4429(server: Server) -> None:
    async with ready(server) as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.closed() == (4429, "Too many initialisation requests")


@pytest.mark.parametrize("id_", ["1", "x" * 200])
async def test_an_id_that_runs_already_closes_with_4409(server: Server, id_: str) -> None:
    async with ready(server) as socket:
        await socket.subscribe("subscription { forever }", id_)
        await socket.receive()
        await socket.subscribe("{ hello }", id_)
        code, reason = await socket.closed()
    assert code == 4409
    assert reason == ("Subscriber for 1 already exists" if id_ == "1" else "Subscriber exists")


async def test_operations_at_once_are_bounded(server: Server) -> None:
    async with ready(server) as socket:
        for number in range(3):
            await socket.subscribe("subscription { forever }", str(number))
            await socket.receive()
        await socket.subscribe("{ hello }", "4")
        refused = await socket.receive()
        assert (refused["id"], refused["type"]) == ("4", "error")
        assert errors_of({"errors": refused["payload"]})[0][0] == "COST_LIMIT"
        await socket.send(complete_of("0"))
        await socket.subscribe("{ hello }", "4")
        assert await socket.receive() == next_of({"hello": "hello world"}, id_="4")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "x",
        "1",
        "null",
        "[]",
        "{}",
        '{"type": 1}',
        '{"type": "start"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "' + "x" * 257 + '", "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": "{ hello }"}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "complete"}',
        "[" * 2_000,
        b"{}",
    ],
)
@pytest.mark.parametrize("initialised", [False, True])
async def test_what_is_no_message_closes_with_4400(
    server: Server, raw: str | bytes, initialised: bool
) -> None:
    async with ready(server) if initialised else opened(server) as socket:
        await socket.connection.send(raw)
        code, _ = await socket.closed()
    expected = 4401 if not initialised and isinstance(raw, str) and '"subscribe"' in raw else 4400
    assert code == (4401 if not initialised and raw == '{"type": "complete"}' else expected)


@pytest.mark.parametrize("payload", [1, "x", [], True])
async def test_a_payload_of_connection_init_that_is_no_object_closes_with_4400(
    server: Server, payload: object
) -> None:
    async with opened(server) as socket:
        await socket.send({"type": "connection_init", "payload": payload})
        code, _ = await socket.closed()
    assert code == 4400


async def test_a_message_beyond_the_limit_closes_with_1009(server: Server) -> None:
    async with ready(server) as socket:
        await socket.subscribe("{ hello } #" + "x" * 20_000)
        assert await socket.closed() == (1009, "Message too big")


async def test_ping_is_answered_with_its_payload(server: Server) -> None:
    async with ready(server) as socket:
        await socket.send({"type": "ping", "payload": {"n": 1}}, {"type": "ping"})
        assert await socket.receive() == {"type": "pong", "payload": {"n": 1}}
        assert await socket.receive() == {"type": "pong"}


async def test_the_limits_and_the_budget_are_those_of_http() -> None:
    limits = QueryLimits(max_cost=60, max_depth=3)
    budget = CostBudget(capacity=100, per_minute=1, clock=lambda: 0.0)
    with serve(EdgeSettings(limits=limits), budget) as server:
        async with ready(server, {"token": "alice"}) as socket:
            results = []
            for query in (
                "{ teams { nodes { teams { totalCount } } } }",
                "{ teams(first: 100) { nodes { name } } }",
                "{ teams(first: 50) { nodes { name } } }",
                "{ teams(first: 59) { nodes { name } } }",
            ):
                await socket.subscribe(query)
                message = await socket.receive()
                results.append(message)
                if message["type"] == "next":
                    assert await socket.receive() == complete_of()
    codes = [m["payload"][0]["extensions"]["code"] for m in results if m["type"] == "error"]
    assert codes == ["GRAPHQL_VALIDATION_FAILED", "COST_LIMIT", "COST_LIMIT"]
    assert results[2]["type"] == "next"
    assert "retryAfter" in results[3]["payload"][0]["extensions"]


async def test_draining_closes_the_sockets_with_1001() -> None:
    with serve(EdgeSettings()) as server:
        async with ready(server) as socket:
            await socket.subscribe('subscription { forever(name: "drained") }')
            await socket.receive()
            drained = asyncio.run_coroutine_threadsafe(server.edge.drain(), server.loop)
            assert await socket.closed() == (1001, "The server is about to stop")
            await asyncio.wrap_future(drained)
        async with opened(server) as late:
            assert await late.closed() == (1001, "The server is about to stop")
    assert server.seen.closed == ["drained"]


async def test_a_stopping_server_closes_its_sockets_and_ends_what_runs() -> None:
    with serve(EdgeSettings()) as server:
        async with ready(server) as socket:
            await socket.subscribe('subscription { forever(name: "stopped") }')
            await socket.receive()
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            code, _ = await socket.closed()
            await stopping
    # uvicorn says "service restart" before the lifespan ends; clients connect again on either
    assert code in (1001, 1012)
    assert server.seen.closed == ["stopped"]
