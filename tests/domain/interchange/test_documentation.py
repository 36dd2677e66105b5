"""docs/import.md says what the program does."""

import re
from pathlib import Path

import pytest

from domain.interchange.booking_records import BOOKING_FIELDS, BookingRecord, read_booking
from domain.interchange.fields import DEPENDENCY_FIELDS, INITIATIVE_FIELDS, Field
from domain.interchange.initiative_lines import read_initiative
from domain.interchange.measurement_records import (
    MEASUREMENT_FIELDS,
    MeasurementRecord,
    read_measurement,
)
from domain.interchange.records import InitiativeRecord
from domain.interchange.values import MoneyUnit, Notation

DOCUMENT = Path(__file__).parents[3] / "docs" / "import.md"


def _tables() -> dict[str, list[Field]]:
    tables: dict[str, list[Field]] = {}
    heading = ""
    for line in DOCUMENT.read_text().splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        row = re.fullmatch(r"\| `(.*?)` \| (.*?) \| (.*?) \| `(.*?)` \|", line)
        if row:
            tables.setdefault(heading, []).append(Field(*row.groups()))
    return tables


def test_every_field_is_documented_as_it_is() -> None:
    assert _tables() == {
        "Initiatives": list(INITIATIVE_FIELDS),
        "Dependencies": list(DEPENDENCY_FIELDS),
        "Bookings": list(BOOKING_FIELDS),
        "Measurements": list(MEASUREMENT_FIELDS),
    }


@pytest.mark.parametrize("field", INITIATIVE_FIELDS, ids=[field.name for field in INITIATIVE_FIELDS])
def test_every_example_can_be_read(field: Field) -> None:
    companions = {"duration_weeks": "8", "cost": "1", "cost_of_delay": "1"}
    leader = next((name for name in companions if field.name.startswith(f"{name}_")), None)
    cells: dict[str, str | dict[str, int]] = {"external_id": "X", field.name: field.example}
    if leader is not None:
        cells[leader] = companions[leader]
    if field.name == "scores":
        cells["scores"] = {"reach": 7}
    record = read_initiative(1, cells, notation=Notation(), money=MoneyUnit("EUR", 1))
    assert isinstance(record, InitiativeRecord), record.reasons


@pytest.mark.parametrize("field", BOOKING_FIELDS, ids=[field.name for field in BOOKING_FIELDS])
def test_every_example_of_a_booking_can_be_read(field: Field) -> None:
    cells = {"team": "Data", "week": "2026-11-16", "hours": "8"}
    if field.name in ("person_weeks", "days"):
        del cells["hours"]
    record = read_booking(1, {**cells, field.name: field.example}, Notation())
    assert isinstance(record, BookingRecord), record.reasons


@pytest.mark.parametrize("field", MEASUREMENT_FIELDS, ids=[field.name for field in MEASUREMENT_FIELDS])
def test_every_example_of_a_measurement_can_be_read(field: Field) -> None:
    cells = {"kpi": "Uptime", "value": "99.9", "measured_at": "2026-11-16"}
    record = read_measurement(1, {**cells, field.name: field.example}, Notation())
    assert isinstance(record, MeasurementRecord), record.reasons
