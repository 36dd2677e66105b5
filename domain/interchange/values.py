"""What a cell says: figures, estimates, days, flags, money, texts. Pure; unknown is None and never 0.

A cell is what a file holds in one place: text from CSV; text, number, boolean, list or object from JSON.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from pydantic import TypeAdapter, ValidationError

from domain.errors import InvalidInput
from domain.estimates import refuse_disorder
from domain.money import minor_per_major

Cell: TypeAlias = "str | int | Decimal | bool | Sequence[Cell] | Mapping[str, Cell] | None"

_LONGEST_SHOWN = 60
_LARGEST_EXPONENT = 400
_LARGEST_MINOR = 10**18
_SPACES = re.compile("[\\s\u00a0\u2009\u202f]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d+)?")
_UNIT = re.compile(r"([A-Za-z]{3})(?:\s+([A-Za-z]+))?")
_FACTORS = {
    "": 1,
    **dict.fromkeys(("k", "thousand", "thousands"), 1_000),
    **dict.fromkeys(("m", "mn", "million", "millions"), 1_000_000),
    **dict.fromkeys(("bn", "billion", "billions"), 1_000_000_000),
}
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}


class CellError(ValueError):
    """A cell that can't be read; the message says what stands there and what was expected."""


class Estimate(NamedTuple):
    """A figure by three points; only the likely one is always known."""

    low: float | None
    likely: float
    high: float | None


class MoneyUnit(NamedTuple):
    """What a figure of money counts: a currency, times a factor."""

    currency: str
    factor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """How a file writes figures and days; ``decimal`` is None where the file must be asked about first."""

    decimal: str | None = "."
    date_formats: tuple[str, ...] = ()


def shown(cell: Cell) -> str:
    """A cell as a message quotes it."""
    text = " ".join(str(cell).split())
    return f"“{text[: _LONGEST_SHOWN - 1]}…”" if len(text) > _LONGEST_SHOWN else f"“{text}”"


def text(cell: Cell) -> str | None:
    """Text without surrounding white space; None for an empty cell.

    Raises
    ------
    CellError
        For lists, objects and booleans, and for characters that no database stores.
    """
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int | Decimal):
        raise CellError(f"{shown(cell)} is not a text")
    plain = str(cell).strip()
    if _UNSTORABLE.search(plain):
        raise CellError("holds a NUL or half of a surrogate pair, which can't be stored")
    return plain or None


def fitting(kind: Any, value: Any) -> Any:
    """The value, checked against one of the field types of the commands.

    Raises
    ------
    CellError
        Saying what the type demands.
    """
    try:
        return _adapter(kind).validate_python(value)
    except ValidationError as error:
        demand = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise CellError(f"{demand}, not {shown(value)}") from error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def exact(cell: Cell, notation: Notation) -> Decimal | None:
    """A figure as it is written, without rounding; None for an empty cell.

    Raises
    ------
    CellError
        For what is no figure.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        figure = Decimal(cell)
    elif isinstance(cell, str):
        figure = _figure(cell, notation)
    else:
        raise CellError(f"{shown(cell)} is not a figure")
    if abs(figure.adjusted()) > _LARGEST_EXPONENT:
        raise CellError(f"{shown(cell)} is out of all bounds")
    return figure


def _figure(cell: str, notation: Notation) -> Decimal:
    plain = _SPACES.sub("", cell).replace("\u2212", "-")
    if notation.decimal is None and not {",", "."}.isdisjoint(plain):
        raise CellError(
            f"{shown(cell)} can be read in two ways: say --decimal , or --decimal . for the whole file"
        )
    comma = notation.decimal == ","
    if (_COMMA if comma else _POINT).fullmatch(plain):
        standard = plain.replace(".", "").replace(",", ".") if comma else plain.replace(",", "")
        try:
            return Decimal(standard)
        except InvalidOperation:
            pass  # nothing but a sign
    other = "." if comma else ","
    numeric = other in plain and set(plain) <= set("0123456789.,+-")
    hint = f"; if {other} is its decimal sign, say --decimal {other}" if numeric else ""
    raise CellError(f"{shown(cell)} is not a figure{hint}")


def figure(cell: Cell, notation: Notation, kind: Any) -> float | None:
    """A figure of one of the commands' types, as a float; None for an empty cell."""
    value = exact(cell, notation)
    return None if value is None else fitting(kind, float(value))


def points(cell: Cell, notation: Notation) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """An estimate's low, likely and high point: one figure, ``2..4..8``, ``2-4-8``, or an object of the three.

    Raises
    ------
    CellError
        For anything else.
    """
    if isinstance(cell, Mapping):
        unknown = cell.keys() - {"low", "likely", "high"}
        if unknown:
            raise CellError(f"an estimate has low, likely and high, not {', '.join(sorted(unknown))}")
        low, likely, high = (exact(cell.get(point), notation) for point in ("low", "likely", "high"))
        return low, likely, high
    if isinstance(cell, str):
        parts = cell.split("..") if ".." in cell else re.split(r"(?<=[0-9])\s*-\s*(?=[0-9])", cell.strip())
        if len(parts) == 3:
            low, likely, high = (exact(part, notation) for part in parts)
            return low, likely, high
        if len(parts) > 1:
            raise CellError(f"{shown(cell)} is not an estimate: give one figure, or low..likely..high")
    return None, exact(cell, notation), None


def estimate(cell: Cell, notation: Notation, kind: Any) -> Estimate | None:
    """An estimate of one of the commands' types; None for an empty cell.

    Raises
    ------
    CellError
        For what can't be read, is out of bounds, or out of order.
    """
    return in_order(
        *(None if point is None else fitting(kind, float(point)) for point in points(cell, notation))
    )


def in_order(low: float | None, likely: float | None, high: float | None) -> Estimate | None:
    """The estimate of three points; None when none is known.

    Raises
    ------
    CellError
        When they are out of order or the likely one alone is missing.
    """
    try:
        refuse_disorder(low, likely, high, field="")
    except InvalidInput as error:
        raise CellError(_lower_first(error.message.rstrip("."))) from error
    return None if likely is None else Estimate(low, likely, high)


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]


def day(cell: Cell, notation: Notation) -> date | None:
    """A day: ISO 8601 or one of the file's own formats; a point in time only if it is midnight.

    Raises
    ------
    CellError
        For anything else.
    """
    plain = text(cell)
    if plain is None:
        return None
    for form in notation.date_formats:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        raise CellError(
            f"{shown(plain)} is not a date: write 2026-11-21, or say how the file writes dates with"
            " --date-format, such as %d/%m/%Y"
        ) from None
    if moment.time() != time():
        raise CellError(f"{shown(plain)} has a time of day; a date is wanted")
    return moment.date()


def flag(cell: Cell) -> bool | None:
    """Yes or no; None for an empty cell.

    Raises
    ------
    CellError
        For anything else.
    """
    if isinstance(cell, bool):
        return cell
    plain = text(cell)
    if plain is None:
        return None
    if plain.casefold() not in _FLAGS:
        raise CellError(f"{shown(plain)} is neither yes nor no")
    return _FLAGS[plain.casefold()]


def money_unit(cell: Cell) -> MoneyUnit | None:
    """A currency with a factor, such as ``GBP``, ``EUR k``, ``GBP m`` or ``USD bn``; None for an empty cell.

    Raises
    ------
    CellError
        For anything else.
    """
    plain = text(cell)
    if plain is None:
        return None
    match = _UNIT.fullmatch(plain)
    factor = _FACTORS.get((match[2] or "").casefold()) if match else None
    if match is None or factor is None:
        raise CellError(
            f"{shown(plain)} is not a unit of money; write a currency such as GBP, EUR k or GBP m"
        )
    return MoneyUnit(match[1].upper(), factor)


def minor_units(amount: Decimal, unit: MoneyUnit, kind: Any) -> Any:
    """The amount in minor units of the currency, rounded half to even, checked against a commands' type.

    Raises
    ------
    CellError
        When it is out of bounds.
    """
    whole = (amount * unit.factor * minor_per_major(unit.currency)).to_integral_value(ROUND_HALF_EVEN)
    if abs(whole) > _LARGEST_MINOR:
        raise CellError(f"{shown(amount)} is out of all bounds")
    return fitting(kind, int(whole))
