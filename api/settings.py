"""Everything that can be configured, by environment variables: the only reader of the environment."""

import ipaddress
import os
import socket
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.exc import ArgumentError

from domain.errors import SetupError

PREFIX = "STEPCHANGE_"
_TEST_PREFIX = "STEPCHANGE_TEST_"
_DRIVER = "postgresql+psycopg"


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    """The least important lines that are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _postgresql_url(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    try:
        url = sa.make_url(text)
    except ArgumentError:
        raise ValueError("is not a URL such as postgresql://user:password@host:5432/database") from None
    if url.drivername not in {"postgres", "postgresql", _DRIVER}:
        raise ValueError(f"must begin with postgresql://, not {url.drivername}://")
    if not url.database:
        raise ValueError("names no database; it ends like …@host:5432/database")
    return SecretStr(url.set(drivername=_DRIVER).render_as_string(hide_password=False))


PostgresUrl = Annotated[SecretStr, AfterValidator(_postgresql_url)]


class Settings(BaseSettings):
    """The configuration of one process; each field is the variable ``STEPCHANGE_<FIELD>``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", populate_by_name=True
    )

    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=0, le=65_535, description="Port; 0 takes a free one.")
    database_url: PostgresUrl | None = Field(
        default=None, description="PostgreSQL to use as the application's role, instead of the embedded one."
    )
    migration_database_url: PostgresUrl | None = Field(
        default=None, description="The same database as the owner of its tables; for migrations only."
    )
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default=Path(".stepchange"), description="Folder of the embedded PostgreSQL and the local token."
    )
    demo: bool | None = Field(
        default=None, description="Load the demo portfolio once; by default only into the embedded database."
    )
    organisation: str = Field(
        default="demo", description="Slug of the organisation that the command line acts in."
    )
    log_format: LogFormat = Field(
        default=LogFormat.AUTO, description="json, console, or auto: console on a terminal, else json."
    )
    log_level: LogLevel = Field(
        default=LogLevel.INFO, description="debug also logs what exceptions say, which can be users' data."
    )
    access_log: bool = Field(default=True, description="One line for each request.")
    introspection: bool | None = Field(
        default=None, description="Let clients read the schema; by default on a loopback address only."
    )
    graphiql: bool | None = Field(
        default=None, description="Serve the query editor; by default on a loopback address only."
    )
    request_timeout_seconds: float = Field(
        default=10, gt=0, le=3_600, description="Longest time that one operation may take."
    )
    shutdown_timeout_seconds: int = Field(
        default=10, ge=0, le=3_600, description="How long running requests may finish after SIGTERM."
    )
    request_max_bytes: int = Field(
        default=2 * 1024**2, ge=1_024, le=1_073_741_824, description="Largest request body."
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=200, description="Connections kept open; twice as many at most."
    )
    snapshot_max_bytes: int = Field(
        default=2 * 1024**3, ge=1024**2, description="Memory for portfolios; those used longest ago go first."
    )
    solver_processes: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Computations of queries, such as plans, that run at the same time.",
    )
    solver_max_bytes: int = Field(
        default=1024**3, ge=256 * 1024**2, description="Memory that one computation may take."
    )
    worker_concurrency: int = Field(
        default=1,
        ge=0,
        le=64,
        description="Jobs, such as solving scenarios, that the server does at the same time; with 0 it does"
        " none and leaves them to `stepchange worker`.",
    )
    warm_up: bool = Field(
        default=True,
        description="Have the engine's loops compiled in the background when the server starts: once per"
        " installation that takes a minute or so.",
    )
    webhook_private_addresses: bool | None = Field(
        default=None,
        description="Let webhooks lie in private networks and on this machine; by default on a loopback address only.",
    )
    trusted_documents: str = Field(
        default="",
        description="Manifests of documents that clients may name by id, as their builds write them; paths,"
        " separated by commas.",
    )
    trusted_documents_only: bool = Field(
        default=False, description="Execute nothing but the documents of these manifests."
    )
    allowed_origins: str = Field(
        default="",
        description="Origins of web pages that may call the API, such as http://localhost:5173; separated by"
        " commas. Pages of the server's own origin always may.",
    )
    forwarded_allow_ips: str = Field(
        default="127.0.0.1",
        description="Proxies, by address or network, whose X-Forwarded-For is believed; separated by commas.",
    )

    @property
    def embedded(self) -> bool:
        """Whether the embedded PostgreSQL is used."""
        return self.database_url is None

    @property
    def loopback(self) -> bool:
        """Whether the server can be reached from this machine only."""
        return is_loopback_host(self.host)

    @property
    def origins(self) -> list[str]:
        """Origins of web pages that may call the API, one by one."""
        return [origin.strip().rstrip("/") for origin in self.allowed_origins.split(",") if origin.strip()]

    @property
    def calls_private_addresses(self) -> bool:
        """Whether webhooks may lie in private networks and on this machine."""
        return self.loopback if self.webhook_private_addresses is None else self.webhook_private_addresses

    @property
    def manifests(self) -> list[Path]:
        """Manifests of trusted documents, one by one."""
        return [Path(path.strip()).expanduser() for path in self.trusted_documents.split(",") if path.strip()]

    @property
    def loads_demo(self) -> bool:
        """Whether the demo portfolio is to be loaded."""
        return self.embedded if self.demo is None else self.demo

    @property
    def shows_schema(self) -> bool:
        """Whether introspection is answered."""
        return self.loopback if self.introspection is None else self.introspection

    @property
    def serves_graphiql(self) -> bool:
        """Whether the query editor is served."""
        return self.loopback if self.graphiql is None else self.graphiql


def load_settings(**overrides: Any) -> Settings:
    """The settings from the environment; overrides that are not None go before it.

    Raises
    ------
    SetupError
        Naming each variable whose value is not acceptable, without showing the value.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        problems = [
            f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise SetupError("The settings can't be used. " + "; ".join(problems) + ".") from None


def unknown_variables() -> list[str]:
    """Variables with our prefix that mean nothing, most likely misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX) and not name.startswith(_TEST_PREFIX) and name.upper() not in known
    )


def is_loopback_address(address: str | None) -> bool:
    """Whether an IP address is this machine's own; an unknown one is not."""
    if address is None:
        return False
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def is_loopback_host(host: str) -> bool:
    """Whether everything that a host name stands for is a loopback address."""
    if is_loopback_address(host):
        return True
    try:
        found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return False
    return bool(host) and all(is_loopback_address(str(entry[4][0])) for entry in found)


def without_password(url: str) -> str:
    """A database URL for people to read."""
    return sa.make_url(url).render_as_string(hide_password=True)
