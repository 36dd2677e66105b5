"""What a log line tells, and what it never does."""

import json
import logging

import psycopg
import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from api import logs
from api.settings import LogLevel
from domain.embedded import EmbeddedServer
from domain.token import new_secret
from tests.api.conftest import Configure


def test_a_line_carries_the_request_the_tenant_and_the_operation(configured: Configure) -> None:
    lines = configured()
    log = structlog.stdlib.get_logger("test")
    with logs.scope(request_id="r-1"):
        logs.bind(tenant="t-1")
        log.info("done", operation="Ranking")
    log.info("afterwards")
    first, second = lines()
    assert (first["event"], first["level"], first["logger"]) == ("done", "info", "test")
    assert (first["request_id"], first["tenant"], first["operation"]) == ("r-1", "t-1", "Ranking")
    assert first["timestamp"].endswith("Z")
    assert not {"request_id", "tenant"} & second.keys()


def test_lines_of_other_libraries_look_the_same(configured: Configure) -> None:
    lines = configured()
    with logs.scope(request_id="r-1"):
        logging.getLogger("some.library").warning("took %d ms", 12)
    assert [(line["event"], line["logger"], line["request_id"]) for line in lines()] == [
        ("took 12 ms", "some.library", "r-1")
    ]


def test_the_level_holds(configured: Configure) -> None:
    lines = configured(LogLevel.WARNING)
    log = structlog.stdlib.get_logger("test")
    log.info("quiet")
    log.warning("loud")
    assert [line["event"] for line in lines()] == ["loud"]


def test_tokens_and_passwords_are_never_logged(configured: Configure) -> None:
    lines = configured(LogLevel.DEBUG)
    log = structlog.stdlib.get_logger("test")
    secret = new_secret()
    log.info(
        "got %s",
        secret,
        header={"Authorization": f"Bearer {secret}", "Accept": "*/*"},
        variables={"input": {"title": "Confidential"}},
        token=secret,
        url="postgresql://app:hunter2@db/stepchange",
        several=[secret, "plain"],
        error=ValueError(secret),
    )
    logging.getLogger("some.library").warning("bearer %s", secret)
    text = json.dumps(lines())
    assert secret not in text
    assert secret[3:] not in text
    assert "hunter2" not in text
    assert "Confidential" not in text
    first = lines()[0]
    assert first["event"] == "got sc_***"
    assert first["header"] == {"Authorization": "[redacted]", "Accept": "*/*"}
    assert first["several"] == ["sc_***", "plain"]
    assert first["url"] == "postgresql://app:***@db/stepchange"


def _fail() -> None:
    try:
        int("what the client sent")
    except ValueError as error:
        raise RuntimeError("of: what the client sent") from error


@pytest.mark.parametrize(
    ("level", "in_request", "told"),
    [(LogLevel.INFO, True, False), (LogLevel.INFO, False, True), (LogLevel.DEBUG, True, True)],
)
def test_within_a_request_an_exception_is_told_by_type_and_place_only(
    configured: Configure, level: LogLevel, in_request: bool, told: bool
) -> None:
    lines = configured(level)
    log = structlog.stdlib.get_logger("test")
    with logs.scope(**({"request_id": "r-1"} if in_request else {})):
        try:
            _fail()
        except RuntimeError as error:
            log.exception("failed")
            log.exception("failed later", exc_info=error)
            logging.getLogger("some.library").exception("failed too")
    assert len(lines()) == 3
    for line in lines():
        assert ("what the client sent" in json.dumps(line)) is told
        first, second = line["exception"].split("\nfrom ")
        assert first.startswith("RuntimeError")
        assert "test_logs.py" in first
        assert " in _fail" in first
        assert second.startswith("ValueError")


def test_of_a_database_error_the_state_and_the_constraint_are_told(server: EmbeddedServer) -> None:
    engine = sa.create_engine(server.url("postgres"), poolclass=sa.pool.NullPool, hide_parameters=True)
    with engine.connect() as connection, pytest.raises(IntegrityError) as caught:
        connection.execute(
            sa.text("CREATE TEMP TABLE t (name text CONSTRAINT not_secret CHECK (name <> 'secret'))")
        )
        connection.execute(sa.text("INSERT INTO t VALUES (:name)"), {"name": "secret"})
    described = logs.describe_exception(caught.value, with_message=False)
    assert "IntegrityError [SQLSTATE 23514, constraint not_secret]" in described
    assert "'secret'" not in described
    assert "(secret)" not in described
    assert isinstance(caught.value.orig, psycopg.Error)


def test_a_group_of_exceptions_and_a_deep_recursion_stay_short() -> None:
    def recurse() -> None:
        recurse()

    with pytest.raises(RecursionError) as caught:
        recurse()
    group = ExceptionGroup("several", [caught.value, KeyError("x")])
    described = logs.describe_exception(group, with_message=False)
    assert "  | RecursionError" in described
    assert "  | KeyError" in described
    assert len(described.splitlines()) < 40
