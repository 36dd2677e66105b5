"""Mutations about measurements."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, cast
from uuid import UUID

import strawberry

from api.bulk import ErrorPolicy, errors_of
from api.context import Info
from api.descriptions import WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied, UserError
from api.inputs import decoded, to_command
from api.kpi.errors import MeasurementInFuture
from api.kpi.loaders import kpi_of
from api.kpi.types import Kpi
from api.measurement.types import Measurement
from api.nodes import as_type
from api.permissions import requires
from domain import errors
from domain.commands.kpi import MeasurementAdd, MeasurementCorrect
from domain.errors import DomainError
from domain.kpi.measuring import NewMeasurement, add_measurement, add_measurements, correct_measurement
from domain.kpi.rows import MeasurementRow

LARGEST_BULK = 5_000
"""Most measurements of one call."""

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_KPI = "The KPI in use."
_VALUE = "The value in the KPI's unit, within ±10¹⁵."
_MEASURED_AT = (
    "When it was measured, not in the future; now if left out. Given, the mutation can be repeated: the same value"
    " at the same time is one measurement."
)
_NOTE = "What to know about it; at most 2,000 characters."


@strawberry.input(description="A measurement of a KPI.")
class MeasurementAddInput:
    """Becomes ``MeasurementAdd``."""

    kpi_id: strawberry.ID = strawberry.field(description=_KPI)
    value: float = strawberry.field(description=_VALUE)
    measured_at: datetime | None = strawberry.field(default=strawberry.UNSET, description=_MEASURED_AT)
    note: str | None = strawberry.field(default=strawberry.UNSET, description=_NOTE)


@strawberry.input(description="Measurements of any KPIs.")
class MeasurementAddBulkInput:
    """Becomes ``NewMeasurement``s."""

    items: list[MeasurementAddInput] = strawberry.field(
        description=f"1 to {LARGEST_BULK:,} measurements, each time of a KPI once."
    )
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_ALL, description="What to do with good items when others are faulty."
    )


@strawberry.input(description="A measurement as it should have been; the old value is kept beside it.")
class MeasurementCorrectInput:
    """Becomes ``MeasurementCorrect``."""

    kpi_id: strawberry.ID = strawberry.field(description=_KPI)
    measured_at: datetime = strawberry.field(description="The time of the measurement that is wrong.")
    value: float | None = strawberry.field(
        description=f"{_VALUE} Null: there was no measurement at that time."
    )
    reason: str = strawberry.field(description="Why; 1 to 2,000 characters.")
    expected_revision: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The revision that the client has seen: refuse the correction if it is no longer current.",
    )


@strawberry.type(description="The measurement was added, or had been before with the same value.")
class MeasurementAddSuccess:
    """Success of ``measurementAdd``."""

    measurement: Measurement = strawberry.field(description="The measurement.")
    kpi: Kpi = strawberry.field(description="The KPI with what follows from it.")


@strawberry.type(description="The measurement was corrected, or taken back.")
class MeasurementCorrectSuccess:
    """Success of ``measurementCorrect``."""

    measurement: Measurement = strawberry.field(description="The new revision.")
    kpi: Kpi = strawberry.field(description="The KPI with what follows from it.")


@strawberry.type(description="What became of one measurement of many.")
class MeasurementAddBulkItem:
    """One item."""

    measurement: Measurement | None = strawberry.field(
        description="The measurement; null if it was not added."
    )
    errors: list[UserError] = strawberry.field(description="What is wrong with it; at most one.")


@strawberry.type(description="The measurements were taken up, as far as the policy allows.")
class MeasurementAddBulkSuccess:
    """Success of ``measurementAddBulk``."""

    items: list[MeasurementAddBulkItem] = strawberry.field(
        description=f"One outcome for each item, in the order of the input; at most {LARGEST_BULK:,}."
    )
    added_count: int = strawberry.field(
        description="How many of the measurements are there now, those among them that had been before."
    )


MeasurementAddResult = Annotated[
    MeasurementAddSuccess | MeasurementInFuture | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("MeasurementAddResult", description="Outcome of `measurementAdd`."),
]
MeasurementCorrectResult = Annotated[
    MeasurementCorrectSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("MeasurementCorrectResult", description="Outcome of `measurementCorrect`."),
]
MeasurementAddBulkResult = Annotated[
    MeasurementAddBulkSuccess | InvalidInput | PermissionDenied,
    strawberry.union("MeasurementAddBulkResult", description="Outcome of `measurementAddBulk`."),
]


@strawberry.type
class MeasurementMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Add a measurement, with what follows: the KPI's status and trend, its breach, and a check-in"
        " of the key result that the KPI became. One that is older than the last one changes the series alone.",
        **_CONTRIBUTOR,
    )
    async def measurement_add(
        self, info: Info, input: Annotated[MeasurementAddInput, _ARGUMENT]
    ) -> MeasurementAddResult:
        command = to_command(MeasurementAdd, input, ids={"kpi_id": "Kpi"})
        row = await add_measurement(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        return MeasurementAddSuccess(measurement=as_type(Measurement, row), kpi=await _after(info, row))

    @strawberry.mutation(
        description="Add many measurements at once; breaches are opened and ended as if they had come one by one in the"
        " order of their times. IGNORE_FAILED does as REJECT_FAILED.",
        **_CONTRIBUTOR,
    )
    async def measurement_add_bulk(
        self, info: Info, input: Annotated[MeasurementAddBulkInput, _ARGUMENT]
    ) -> MeasurementAddBulkResult:
        now = datetime.now(UTC)
        outcomes = await add_measurements(
            info.context.database,
            info.context.actor,
            _read(input.items, now=now),
            input.error_policy,
            now=now,
        )
        await info.context.written()
        return MeasurementAddBulkSuccess(
            items=[
                MeasurementAddBulkItem(
                    measurement=None if outcome.row is None else as_type(Measurement, outcome.row),
                    errors=errors_of(outcome, position),
                )
                for position, outcome in enumerate(outcomes)
            ],
            added_count=sum(outcome.row is not None for outcome in outcomes),
        )

    @strawberry.mutation(
        description="Set a measurement right; what it was before stays. The KPI's status, breach and check-in follow.",
        **_CONTRIBUTOR,
    )
    async def measurement_correct(
        self, info: Info, input: Annotated[MeasurementCorrectInput, _ARGUMENT]
    ) -> MeasurementCorrectResult:
        # null is a value of its own here, which an input of an optional field can't say
        command = to_command(MeasurementCorrect, input, ids={"kpi_id": "Kpi"}, value=input.value)
        row = await correct_measurement(
            info.context.database, info.context.actor, command, now=datetime.now(UTC)
        )
        return MeasurementCorrectSuccess(measurement=as_type(Measurement, row), kpi=await _after(info, row))


async def _after(info: Info, row: MeasurementRow) -> Kpi:
    await info.context.written()
    return cast("Kpi", await kpi_of(info.context, row.kpi_id))


def _read(items: Sequence[MeasurementAddInput], *, now: datetime) -> list[NewMeasurement | DomainError]:
    """The items as the domain takes thousands of them; each KPI's id is decoded once."""
    if not 1 <= len(items) <= LARGEST_BULK:
        raise errors.InvalidInput(
            f"Give 1 to {LARGEST_BULK} items a call, not {len(items)}; split longer lists.", path=("items",)
        )
    keys: dict[str, UUID | DomainError] = {}
    read: list[NewMeasurement | DomainError] = []
    for item in items:
        key = keys.get(item.kpi_id)
        if key is None:
            key = keys[item.kpi_id] = _key(item.kpi_id)
        read.append(
            key
            if isinstance(key, DomainError)
            else NewMeasurement(key, item.value, item.measured_at or now, item.note or "")
        )
    return read


def _key(given: str) -> UUID | DomainError:
    try:
        return decoded("Kpi", given, "kpiId")
    except DomainError as error:
        return error
