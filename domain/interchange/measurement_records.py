"""Lines of measurements: their fields, and what one of them says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.commands.base import Figure, Name, Note
from domain.interchange.fields import Field
from domain.interchange.records import Refused
from domain.interchange.values import Cell, CellError, Notation, figure, fitting, shown, text
from domain.interchange.vocabulary import Vocabulary

MEASUREMENT_FIELDS = (
    Field("kpi", "what was measured; required", "name of a KPI", "Calls answered within a minute"),
    Field(
        "team", "whose KPI it is; needed where several teams have one of this name", "name of a team", "Care"
    ),
    Field("value", "the value in the KPI's unit; required", "figure", "86.5"),
    Field(
        "measured_at",
        "when it was measured; required. A day is its beginning, and a time without an offset is in UTC",
        "date or time",
        "2026-11-16T08:00:00Z",
    ),
    Field("note", "what there is to say", "text", "after the storm"),
)

MEASUREMENT_VOCABULARY = Vocabulary(
    fields=tuple(field.name for field in MEASUREMENT_FIELDS), required=("kpi", "value", "measured_at")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementRecord:
    """What one line says."""

    line: int
    kpi: str
    team: str | None
    value: float
    measured_at: datetime
    note: str

    @property
    def name(self) -> str:
        """What to call the line in a report."""
        return f"{self.kpi}, {self.measured_at.isoformat()}"


def read_measurement(
    number: int, cells: Mapping[str, Cell], notation: Notation
) -> MeasurementRecord | Refused:
    """Read a line; it is refused with everything that is wrong with it."""
    reasons: list[str] = []
    told: dict[str, str | None] = {}
    for name, kind in (("kpi", Name), ("team", Name), ("note", Note)):
        try:
            plain = text(cells.get(name))
            told[name] = None if plain is None else fitting(kind, plain)
        except CellError as error:
            told[name] = None
            reasons.append(f"{name}: {error}")
        else:
            if name == "kpi" and plain is None:
                reasons.append("kpi: is empty")
    value: float | None = None
    try:
        value = figure(cells.get("value"), notation, Figure)
    except CellError as error:
        reasons.append(f"value: {error}")
    else:
        if value is None:
            reasons.append("value: is empty")
    measured_at: datetime | None = None
    try:
        measured_at = moment(cells.get("measured_at"), notation)
    except CellError as error:
        reasons.append(f"measured_at: {error}")
    else:
        if measured_at is None:
            reasons.append("measured_at: is empty")
    kpi = told["kpi"]
    if reasons or kpi is None or value is None or measured_at is None:
        return Refused(line=number, name=kpi, reasons=tuple(reasons))
    return MeasurementRecord(
        line=number,
        kpi=kpi,
        team=told["team"],
        value=value,
        measured_at=measured_at,
        note=told["note"] or "",
    )


def moment(cell: Cell, notation: Notation) -> datetime | None:
    """A moment: ISO 8601 or one of the file's own formats; in UTC without an offset, a day from midnight on.

    Raises
    ------
    CellError
        For anything else.
    """
    plain = text(cell)
    if plain is None:
        return None
    found: datetime | None = None
    for form in notation.date_formats:
        try:
            found = datetime.strptime(plain, form)  # noqa: DTZ007 - what has no offset is in UTC, see below
            break
        except ValueError:
            continue
    try:
        found = found or datetime.fromisoformat(plain)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CellError(
            f"{shown(plain)} is not a time: write 2026-11-21 or 2026-11-21T08:00:00Z, or say how the file"
            " writes times with --date-format, such as “%d/%m/%Y %H:%M”"
        ) from None
