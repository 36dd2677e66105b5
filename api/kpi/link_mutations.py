"""Mutations about what KPIs are linked to: promotion, standards, objectives, key results, counter-metrics."""

from datetime import UTC, datetime
from typing import Annotated, cast
from uuid import UUID

import strawberry

from api.context import Info
from api.descriptions import WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.key_result.types import KeyResult
from api.kpi.errors import AlreadyPromoted, KeyResultNotAchieved, ThresholdsOutOfOrder
from api.kpi.lineage import KpiPromotion, KpiStandardRaise
from api.kpi.link_inputs import (
    IDS,
    CounterMetricInput,
    KpiKeyResultInput,
    KpiObjectiveInput,
    KpiPromoteInput,
    KpiPromotionClearInput,
    KpiStandardRaiseInput,
)
from api.kpi.loaders import kpi_of
from api.kpi.types import Kpi
from api.nodes import as_type
from api.objective.errors import ObjectiveClosed
from api.permissions import requires
from domain.commands import kpi as commands
from domain.kpi.linking import (
    add_counter_metric,
    add_kpi_key_result,
    add_kpi_objective,
    remove_counter_metric,
    remove_kpi_key_result,
    remove_kpi_objective,
)
from domain.kpi.promotion import end_promotion, promote_kpi, raise_standard

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_THE_KPI = "The KPI, with its links as they are now."


@strawberry.type(description="The KPI was promoted, or had been by the same input before.")
class KpiPromoteSuccess:
    """Success of ``kpiPromote``."""

    kpi: Kpi = strawberry.field(description="The KPI.")
    key_result: KeyResult = strawberry.field(description="The key result that it became.")
    promotion: KpiPromotion = strawberry.field(description="How the two hang together.")


@strawberry.type(description="The promotion was ended; the key result stays.")
class KpiPromotionClearSuccess:
    """Success of ``kpiPromotionClear``."""

    kpi: Kpi = strawberry.field(description="The KPI.")
    promotion: KpiPromotion = strawberry.field(description="The promotion, now over.")


@strawberry.type(description="The standard was raised, and the KPI judged by it.")
class KpiStandardRaiseSuccess:
    """Success of ``kpiStandardRaise``."""

    kpi: Kpi = strawberry.field(description="The KPI with its new standard.")
    standard_raise: KpiStandardRaise = strawberry.field(description="Where the standard comes from.")


@strawberry.type(description="The KPI stands behind the objective now, or did before.")
class KpiObjectiveAddSuccess:
    """Success of ``kpiObjectiveAdd``."""

    kpi: Kpi = strawberry.field(description=_THE_KPI)


@strawberry.type(description="The KPI no longer stands behind the objective.")
class KpiObjectiveRemoveSuccess:
    """Success of ``kpiObjectiveRemove``."""

    kpi: Kpi = strawberry.field(description=_THE_KPI)


@strawberry.type(description="Both measure the same, as is declared now, or was before.")
class KpiKeyResultAddSuccess:
    """Success of ``kpiKeyResultAdd``."""

    kpi: Kpi = strawberry.field(description=_THE_KPI)


@strawberry.type(description="It is no longer declared that both measure the same.")
class KpiKeyResultRemoveSuccess:
    """Success of ``kpiKeyResultRemove``."""

    kpi: Kpi = strawberry.field(description=_THE_KPI)


@strawberry.type(description="The counter-metric is watched now, or was before.")
class CounterMetricAddSuccess:
    """Success of ``counterMetricAdd``."""

    counter_kpi: Kpi = strawberry.field(description="The KPI that is watched.")


@strawberry.type(description="The counter-metric is no longer watched.")
class CounterMetricRemoveSuccess:
    """Success of ``counterMetricRemove``."""

    counter_kpi: Kpi = strawberry.field(description="The KPI that was watched.")


KpiPromoteResult = Annotated[
    KpiPromoteSuccess
    | AlreadyPromoted
    | ObjectiveClosed
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("KpiPromoteResult", description="Outcome of `kpiPromote`."),
]
KpiPromotionClearResult = Annotated[
    KpiPromotionClearSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("KpiPromotionClearResult", description="Outcome of `kpiPromotionClear`."),
]
KpiStandardRaiseResult = Annotated[
    KpiStandardRaiseSuccess
    | KeyResultNotAchieved
    | ThresholdsOutOfOrder
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("KpiStandardRaiseResult", description="Outcome of `kpiStandardRaise`."),
]
KpiObjectiveAddResult = Annotated[
    KpiObjectiveAddSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("KpiObjectiveAddResult", description="Outcome of `kpiObjectiveAdd`."),
]
KpiObjectiveRemoveResult = Annotated[
    KpiObjectiveRemoveSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("KpiObjectiveRemoveResult", description="Outcome of `kpiObjectiveRemove`."),
]
KpiKeyResultAddResult = Annotated[
    KpiKeyResultAddSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("KpiKeyResultAddResult", description="Outcome of `kpiKeyResultAdd`."),
]
KpiKeyResultRemoveResult = Annotated[
    KpiKeyResultRemoveSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("KpiKeyResultRemoveResult", description="Outcome of `kpiKeyResultRemove`."),
]
CounterMetricAddResult = Annotated[
    CounterMetricAddSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("CounterMetricAddResult", description="Outcome of `counterMetricAdd`."),
]
CounterMetricRemoveResult = Annotated[
    CounterMetricRemoveSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("CounterMetricRemoveResult", description="Outcome of `counterMetricRemove`."),
]


@strawberry.type
class KpiLinkMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Make a key result of a KPI that is to improve and not just to hold. From then on its measurements"
        " are check-ins of the key result.",
        **_PLANNER,
    )
    async def kpi_promote(self, info: Info, input: Annotated[KpiPromoteInput, _ARGUMENT]) -> KpiPromoteResult:
        command = to_command(commands.KpiPromote, input, ids=IDS)
        promoted = await promote_kpi(
            info.context.database, info.context.actor, command, now=datetime.now(UTC)
        )
        await info.context.written()
        return KpiPromoteSuccess(
            kpi=as_type(Kpi, promoted.kpi),
            key_result=as_type(KeyResult, promoted.key_result),
            promotion=as_type(KpiPromotion, promoted.promotion),
        )

    @strawberry.mutation(
        description="Let a KPI's measurements be check-ins no longer; the key result stays.", **_PLANNER
    )
    async def kpi_promotion_clear(
        self, info: Info, input: Annotated[KpiPromotionClearInput, _ARGUMENT]
    ) -> KpiPromotionClearResult:
        command = to_command(commands.KpiPromotionEnd, input, ids=IDS)
        row = await end_promotion(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        return KpiPromotionClearSuccess(
            kpi=await _kpi(info, command.kpi_id), promotion=as_type(KpiPromotion, row)
        )

    @strawberry.mutation(
        description="Make what a key result has reached the standard of the KPI that it came from. The promotion ends"
        " with it.",
        **_PLANNER,
    )
    async def kpi_standard_raise(
        self, info: Info, input: Annotated[KpiStandardRaiseInput, _ARGUMENT]
    ) -> KpiStandardRaiseResult:
        command = to_command(commands.KpiStandardRaise, input, ids=IDS)
        raised = await raise_standard(
            info.context.database, info.context.actor, command, now=datetime.now(UTC)
        )
        await info.context.written()
        return KpiStandardRaiseSuccess(
            kpi=as_type(Kpi, raised.kpi), standard_raise=as_type(KpiStandardRaise, raised.raised)
        )

    @strawberry.mutation(description="Say that a KPI stands behind an objective.", **_PLANNER)
    async def kpi_objective_add(
        self, info: Info, input: Annotated[KpiObjectiveInput, _ARGUMENT]
    ) -> KpiObjectiveAddResult:
        command = to_command(commands.KpiObjectiveLink, input, ids=IDS)
        await add_kpi_objective(info.context.database, info.context.actor, command)
        return KpiObjectiveAddSuccess(kpi=await _kpi(info, command.kpi_id))

    @strawberry.mutation(description="Take back that a KPI stands behind an objective.", **_PLANNER)
    async def kpi_objective_remove(
        self, info: Info, input: Annotated[KpiObjectiveInput, _ARGUMENT]
    ) -> KpiObjectiveRemoveResult:
        command = to_command(commands.KpiObjectiveLink, input, ids=IDS)
        await remove_kpi_objective(info.context.database, info.context.actor, command)
        return KpiObjectiveRemoveSuccess(kpi=await _kpi(info, command.kpi_id))

    @strawberry.mutation(
        description="Declare that a KPI and a key result measure the same, so that conflicts between them are found.",
        **_PLANNER,
    )
    async def kpi_key_result_add(
        self, info: Info, input: Annotated[KpiKeyResultInput, _ARGUMENT]
    ) -> KpiKeyResultAddResult:
        command = to_command(commands.KpiKeyResultLink, input, ids=IDS)
        await add_kpi_key_result(info.context.database, info.context.actor, command)
        return KpiKeyResultAddSuccess(kpi=await _kpi(info, command.kpi_id))

    @strawberry.mutation(description="Take back that a KPI and a key result measure the same.", **_PLANNER)
    async def kpi_key_result_remove(
        self, info: Info, input: Annotated[KpiKeyResultInput, _ARGUMENT]
    ) -> KpiKeyResultRemoveResult:
        command = to_command(commands.KpiKeyResultLink, input, ids=IDS)
        await remove_kpi_key_result(info.context.database, info.context.actor, command)
        return KpiKeyResultRemoveSuccess(kpi=await _kpi(info, command.kpi_id))

    @strawberry.mutation(
        description="Watch a KPI while another KPI, or a key result, is pushed: quality beside quantity.",
        **_PLANNER,
    )
    async def counter_metric_add(
        self, info: Info, input: Annotated[CounterMetricInput, _ARGUMENT]
    ) -> CounterMetricAddResult:
        command = to_command(commands.CounterMetricLink, input, ids=IDS)
        await add_counter_metric(info.context.database, info.context.actor, command)
        return CounterMetricAddSuccess(counter_kpi=await _kpi(info, command.counter_kpi_id))

    @strawberry.mutation(
        description="Watch a KPI no longer while another KPI, or a key result, is pushed.", **_PLANNER
    )
    async def counter_metric_remove(
        self, info: Info, input: Annotated[CounterMetricInput, _ARGUMENT]
    ) -> CounterMetricRemoveResult:
        command = to_command(commands.CounterMetricLink, input, ids=IDS)
        await remove_counter_metric(info.context.database, info.context.actor, command)
        return CounterMetricRemoveSuccess(counter_kpi=await _kpi(info, command.counter_kpi_id))


async def _kpi(info: Info, kpi_id: UUID) -> Kpi:
    await info.context.written()
    return cast("Kpi", await kpi_of(info.context, kpi_id))
