"""What the environment configures, and how a wrong value is refused."""

import os
from pathlib import Path

import pytest

from api.settings import (
    LogFormat,
    Settings,
    is_loopback_address,
    is_loopback_host,
    load_settings,
    unknown_variables,
    without_password,
)
from domain.errors import SetupError


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("STEPCHANGE_") and not name.startswith("STEPCHANGE_TEST_"):
            monkeypatch.delenv(name)


def test_without_variables_everything_stays_on_this_machine() -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.data_dir == Path(".stepchange")
    assert settings.log_format is LogFormat.AUTO
    assert settings.embedded
    assert settings.loopback
    assert settings.loads_demo
    assert settings.shows_schema
    assert settings.serves_graphiql


def test_elsewhere_the_schema_is_not_shown_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPCHANGE_HOST", "0.0.0.0")
    assert not load_settings().shows_schema
    assert not load_settings().serves_graphiql
    monkeypatch.setenv("STEPCHANGE_INTROSPECTION", "true")
    monkeypatch.setenv("STEPCHANGE_GRAPHIQL", "1")
    assert load_settings().shows_schema
    assert load_settings().serves_graphiql


def test_an_external_database_gets_no_demo_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", "postgres://app:pw@db/stepchange")
    settings = load_settings()
    assert not settings.embedded
    assert not settings.loads_demo
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://app:pw@db/stepchange"
    monkeypatch.setenv("STEPCHANGE_DEMO", "yes")
    assert load_settings().loads_demo


def test_an_argument_goes_before_the_environment_and_an_empty_variable_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STEPCHANGE_PORT", "9000")
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", "")
    assert load_settings().port == 9_000
    assert load_settings(port=9_001, host=None).port == 9_001
    assert load_settings().database_url is None


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("STEPCHANGE_PORT", "70000", "STEPCHANGE_PORT: Input should be less than or equal to 65535"),
        ("STEPCHANGE_PORT", "http", "STEPCHANGE_PORT: Input should be a valid integer"),
        (
            "STEPCHANGE_DATABASE_URL",
            "mysql://u:hunter2@h/d",
            "STEPCHANGE_DATABASE_URL: must begin with postgres",
        ),
        ("STEPCHANGE_DATABASE_URL", "hunter2", "STEPCHANGE_DATABASE_URL: is not a URL"),
        ("STEPCHANGE_DATABASE_URL", "postgresql://u:hunter2@h", "STEPCHANGE_DATABASE_URL: names no database"),
        ("STEPCHANGE_LOG_LEVEL", "loud", "STEPCHANGE_LOG_LEVEL: Input should be 'debug'"),
    ],
)
def test_a_wrong_value_is_refused_by_the_variables_name_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError, match=message) as refused:
        load_settings()
    assert "hunter2" not in refused.value.message


def test_misspelt_variables_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPCHANGE_DATABSE_URL", "x")
    monkeypatch.setenv("STEPCHANGE_PORT", "8000")
    assert unknown_variables() == ["STEPCHANGE_DATABSE_URL"]


def test_settings_never_print_passwords() -> None:
    settings = Settings.model_validate({"database_url": "postgresql://app:hunter2@db/stepchange"})
    assert "hunter2" not in repr(settings)
    assert without_password("postgresql+psycopg://app:hunter2@db/x") == "postgresql+psycopg://app:***@db/x"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("fe80::1%eth0", False),
        ("::ffff:192.0.2.1", False),
        ("testclient", False),
        ("", False),
        (None, False),
    ],
)
def test_loopback_addresses(address: str | None, expected: bool) -> None:
    assert is_loopback_address(address) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("0.0.0.0", False), ("", False), ("*", False)],
)
def test_loopback_hosts(host: str, expected: bool) -> None:
    assert is_loopback_host(host) is expected
