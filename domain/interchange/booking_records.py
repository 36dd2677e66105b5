"""Lines of booked time: their fields, and what one of them says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.commands.base import Note
from domain.commands.booking import Amount, BookingUnit
from domain.interchange.fields import Field
from domain.interchange.records import Refused
from domain.interchange.values import Cell, CellError, Notation, day, figure, fitting, text
from domain.interchange.vocabulary import Vocabulary

BOOKING_FIELDS = (
    Field("team", "who spent it; required", "name of a team", "Data Platform"),
    Field("week", "any day of the week in which it was spent; required", "date", "2026-11-16"),
    Field(
        "category",
        "what it was spent on; the initiative's if left out",
        "name of a category",
        "Strategic bets",
    ),
    Field("initiative", "the initiative that it was spent on; needs --portfolio", "external id", "CRM-12"),
    Field("person_weeks", "how much, in person-weeks of five days", "figure", "0.8"),
    Field("days", "how much, in days; instead of person_weeks", "figure", "4"),
    Field("hours", "how much, in hours; instead of person_weeks", "figure", "32"),
    Field("note", "what there is to say", "text", "support of the storm"),
)

BOOKING_VOCABULARY = Vocabulary(
    fields=tuple(field.name for field in BOOKING_FIELDS), required=("team", "week")
)

_UNITS = {
    "person_weeks": BookingUnit.PERSON_WEEKS,
    "days": BookingUnit.DAYS,
    "hours": BookingUnit.HOURS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRecord:
    """What one line says."""

    line: int
    team: str
    week: date
    category: str | None
    initiative: str | None
    amount: float
    unit: BookingUnit
    note: str | None

    @property
    def name(self) -> str:
        """What to call the line in a report."""
        parts = (self.team, str(self.week), self.initiative or self.category)
        return ", ".join(part for part in parts if part)


def read_booking(number: int, cells: Mapping[str, Cell], notation: Notation) -> BookingRecord | Refused:
    """Read a line; it is refused with everything that is wrong with it."""
    reasons: list[str] = []

    def told(name: str) -> str | None:
        try:
            return text(cells.get(name))
        except CellError as error:
            reasons.append(f"{name}: {error}")
            return None

    team, category, initiative, note = (told(name) for name in ("team", "category", "initiative", "note"))
    week: date | None = None
    try:
        week = day(cells.get("week"), notation)
    except CellError as error:
        reasons.append(f"week: {error}")
    else:
        if week is None:
            reasons.append("week: is empty")
    amounts: dict[str, float] = {}
    for name in _UNITS:
        try:
            amount = figure(cells.get(name), notation, Amount)
        except CellError as error:
            reasons.append(f"{name}: {error}")
            continue
        if amount is not None:
            amounts[name] = amount
    if len(amounts) != 1 and not any(reason.startswith(tuple(_UNITS)) for reason in reasons):
        given = " and ".join(amounts) or "none"
        reasons.append(f"give one of person_weeks, days and hours, not {given}")
    if team is None and not any(reason.startswith("team") for reason in reasons):
        reasons.append("team: is empty")
    try:
        note = None if note is None else fitting(Note, note)
    except CellError as error:
        reasons.append(f"note: {error}")
    if reasons or team is None or week is None:
        return Refused(line=number, name=team, reasons=tuple(reasons))
    ((name, amount),) = amounts.items()
    return BookingRecord(
        line=number,
        team=team,
        week=week,
        category=category,
        initiative=initiative,
        amount=amount,
        unit=_UNITS[name],
        note=note,
    )
