"""Strict scalars and money: one accepted spelling each way, nothing lossy, nothing guessed.

Pass :data:`SCALAR_MAP` to ``StrawberryConfig(scalar_map=…)``; then ``datetime``, ``date``, ``Decimal`` and
``UUID`` in annotations are these scalars, and ``BigInt`` and ``CurrencyCode`` are available as types.

Decisions that a client notices:

- ``Decimal`` and ``BigInt`` go out as strings, because a JavaScript number is exact only up to 2**53. Both
  accept a string or a JSON integer. Neither accepts a number with a fraction or an exponent, even where its
  text would be exact: on the way through a client it has been a binary float, and 0.1 is none.
- ``DateTime`` needs an offset (``Z`` or ``±hh:mm``) and goes out in UTC with ``Z``. At most microseconds.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NewType
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)
CurrencyCode = NewType("CurrencyCode", str)

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
_DECIMAL_DIGITS = 38

_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def _text(value: object, *, scalar: str, example: str) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"{scalar} must be a string such as {example!r}.")
    return value


def parse_date_time(value: object) -> datetime:
    """Return an aware UTC datetime from RFC 3339 text with an offset.

    Raises
    ------
    GraphQLError
        If the text is anything else, or names a moment outside the years 1 to 9999 in UTC.
    """
    example = "2026-01-31T09:30:00Z"
    text = _text(value, scalar="DateTime", example=example)
    if not _DATE_TIME.fullmatch(text):
        raise GraphQLError(
            f"DateTime must be RFC 3339 with seconds, an offset and at most microseconds, as in {example!r}."
        )
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError(f"{text!r} is not a moment in the calendar from year 1 to 9999.") from None


def serialize_date_time(value: object) -> str:
    """Return RFC 3339 text in UTC with ``Z``. Raises GraphQLError for a naive datetime or another type."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise GraphQLError(f"DateTime cannot represent a {type(value).__name__} without an offset.")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_date(value: object) -> date:
    """Return a date from ``YYYY-MM-DD``. Raises GraphQLError for anything else."""
    example = "2026-01-31"
    text = _text(value, scalar="Date", example=example)
    if not _DATE.fullmatch(text):
        raise GraphQLError(f"Date must be written YYYY-MM-DD, such as {example!r}.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise GraphQLError(f"{text!r} is not a day of the calendar.") from None


def serialize_date(value: object) -> str:
    """Return ``YYYY-MM-DD``. Raises GraphQLError for a datetime, whose day depends on a time zone."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise GraphQLError(f"Date cannot represent a {type(value).__name__}.")
    return value.isoformat()


def parse_decimal(value: object) -> Decimal:
    """Return a finite Decimal from a string in JSON number syntax or from an integer.

    Raises
    ------
    GraphQLError
        For NaN, infinities, floats, more than 38 digits before or after the point.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise GraphQLError("Decimal must be a string such as '12.50', or an integer; a float is not exact.")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise GraphQLError("Decimal must be a finite number in digits, such as '12.50' or '-3'.")
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_DECIMAL_DIGITS or number.adjusted() >= _DECIMAL_DIGITS:
        raise GraphQLError(f"Decimal has at most {_DECIMAL_DIGITS} digits before and after the point.")
    return number


def serialize_decimal(value: object) -> str:
    """Return digits without an exponent. Raises GraphQLError for what is not finite or no Decimal or int."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise GraphQLError(f"Decimal cannot represent this {type(value).__name__}.")
    return format(value, "f")


def parse_big_int(value: object) -> BigInt:
    """Return a 64-bit signed integer from a string of digits or an integer. Raises GraphQLError otherwise."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and _INTEGER.fullmatch(value):
        number = int(value)
    else:
        raise GraphQLError("BigInt must be a string of digits such as '9007199254740993', or an integer.")
    return BigInt(_within_64_bits(number))


def serialize_big_int(value: object) -> str:
    """Return the digits as a string. Raises GraphQLError for another type or more than 64 bits."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise GraphQLError(f"BigInt cannot represent a {type(value).__name__}.")
    return str(_within_64_bits(value))


def _within_64_bits(number: int) -> int:
    if not _INT64_MIN <= number <= _INT64_MAX:
        raise GraphQLError("BigInt must fit into 64 bits, from -9223372036854775808 to 9223372036854775807.")
    return number


def parse_uuid(value: object) -> UUID:
    """Return a UUID from its hyphenated form. Raises GraphQLError for any other form."""
    example = "0191e4a8-7c3b-7c1d-9f00-0123456789ab"
    text = _text(value, scalar="UUID", example=example)
    if not _UUID.fullmatch(text):
        raise GraphQLError(f"UUID must be 36 characters with hyphens, such as {example!r}.")
    return UUID(text)


def serialize_uuid(value: object) -> str:
    """Return the hyphenated lower-case form. Raises GraphQLError for another type."""
    if not isinstance(value, UUID):
        raise GraphQLError(f"UUID cannot represent a {type(value).__name__}.")
    return str(value)


def parse_currency_code(value: object) -> CurrencyCode:
    """Return an ISO 4217 alphabetic code. Raises GraphQLError for what is not three capital letters."""
    text = _text(value, scalar="CurrencyCode", example="EUR")
    if not _CURRENCY.fullmatch(text):
        raise GraphQLError("CurrencyCode must be three capital letters of ISO 4217, such as 'EUR'.")
    return CurrencyCode(text)


SCALAR_MAP: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment. RFC 3339 with an offset, at most microseconds; answered in UTC, such as "
        "`2026-01-31T09:30:00Z`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=serialize_date_time,
        parse_value=parse_date_time,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar day without a time zone, written `YYYY-MM-DD` (full-date of RFC 3339).",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=serialize_date,
        parse_value=parse_date,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact finite decimal number. Answered as a string without an exponent; accepted as a "
        "string in JSON number syntax or as an integer, with at most 38 digits on either side of the point. "
        "Floats, NaN and infinities are refused.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
        serialize=serialize_decimal,
        parse_value=parse_decimal,
    ),
    UUID: strawberry.scalar(
        name="UUID",
        description="A UUID in its 36-character hyphenated form; answered in lower case.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=serialize_uuid,
        parse_value=parse_uuid,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A signed 64-bit integer. Answered as a string, because JavaScript numbers are exact "
        "only up to 2^53; accepted as a string of digits or as an integer.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
        serialize=serialize_big_int,
        parse_value=parse_big_int,
    ),
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description="A currency as three capital letters of ISO 4217, such as `EUR`.",
        specified_by_url="https://www.iso.org/iso-4217-currency-codes.html",
        serialize=parse_currency_code,
        parse_value=parse_currency_code,
    ),
}


@strawberry.type(description="An amount of money in the minor unit of its currency.")
class Money:
    """Money as integer minor units: never a float, never without its currency."""

    amount_minor: BigInt = strawberry.field(
        description="The amount in minor units: cents for EUR, whole yen for JPY. May be negative."
    )
    currency: CurrencyCode = strawberry.field(description="The currency that the amount is in.")


@strawberry.input(description="An amount of money in the minor unit of its currency.")
class MoneyInput:
    """The input twin of :class:`Money`."""

    amount_minor: BigInt = strawberry.field(
        description="The amount in minor units: cents for EUR, whole yen for JPY."
    )
    currency: CurrencyCode = strawberry.field(description="The currency that the amount is in.")
