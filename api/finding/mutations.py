"""Mutations about health findings."""

from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.descriptions import WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.finding.enums import ThresholdName
from api.finding.types import FindingDismissal, FindingThreshold, shown_thresholds
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from domain.commands.finding import FindingDismissalAdd, FindingDismissalRemove, FindingThresholdsSet
from domain.findings.dismissal import add_finding_dismissal, remove_finding_dismissal
from domain.findings.thresholds import set_finding_thresholds

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ADMIN = requires(Role.ADMIN, TokenScope.ADMIN)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.input(description="A finding that is not to be shown, and why.")
class FindingDismissalAddInput:
    """Becomes ``FindingDismissalAdd``."""

    finding_key: str = strawberry.field(description="The finding's `key`, as it is found today.")
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")
    until_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="The last day on which the dismissal holds; it holds until the facts change if left out.",
    )


@strawberry.input(description="A dismissal to be withdrawn.")
class FindingDismissalRemoveInput:
    """Becomes ``FindingDismissalRemove``."""

    id: strawberry.ID = strawberry.field(description="The dismissal.")


@strawberry.input(description="A threshold's new value.")
class FindingThresholdInput:
    """Becomes ``FindingThresholdItem``."""

    name: ThresholdName = strawberry.field(description="Which one.")
    value: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="What is to count, within the threshold's limits; its default if left out or null.",
    )


@strawberry.input(description="Thresholds to be set.")
class FindingThresholdsSetInput:
    """Becomes ``FindingThresholdsSet``."""

    items: list[FindingThresholdInput] = strawberry.field(
        description="Each once, 1 to 100; the others stay as they are."
    )


@strawberry.type(description="The finding is dismissed, or had been by the same input before.")
class FindingDismissalAddSuccess:
    """Success of ``findingDismissalAdd``."""

    dismissal: FindingDismissal = strawberry.field(description="The dismissal in force.")


@strawberry.type(description="The finding is shown again.")
class FindingDismissalRemoveSuccess:
    """Success of ``findingDismissalRemove``."""

    dismissal: FindingDismissal = strawberry.field(description="The dismissal that was withdrawn.")


@strawberry.type(description="The thresholds are set.")
class FindingThresholdsSetSuccess:
    """Success of ``findingThresholdsSet``."""

    thresholds: list[FindingThreshold] = strawberry.field(description="All thresholds as they are now.")


FindingDismissalAddResult = Annotated[
    FindingDismissalAddSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("FindingDismissalAddResult", description="Outcome of `findingDismissalAdd`."),
]
FindingDismissalRemoveResult = Annotated[
    FindingDismissalRemoveSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("FindingDismissalRemoveResult", description="Outcome of `findingDismissalRemove`."),
]
FindingThresholdsSetResult = Annotated[
    FindingThresholdsSetSuccess | InvalidInput | PermissionDenied,
    strawberry.union("FindingThresholdsSetResult", description="Outcome of `findingThresholdsSet`."),
]


@strawberry.type
class FindingMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Dismiss a finding as it is today. It comes back after its last day, or when its facts change.",
        **_PLANNER,
    )
    async def finding_dismissal_add(
        self, info: Info, input: Annotated[FindingDismissalAddInput, _ARGUMENT]
    ) -> FindingDismissalAddResult:
        command = to_command(FindingDismissalAdd, input)
        row = await add_finding_dismissal(
            info.context.database,
            info.context.actor,
            command,
            directory=(await info.context.view()).directory,
            today=datetime.now(UTC).date(),
        )
        await info.context.written()
        return FindingDismissalAddSuccess(dismissal=as_type(FindingDismissal, row))

    @strawberry.mutation(description="Withdraw a dismissal, so that the finding is shown again.", **_PLANNER)
    async def finding_dismissal_remove(
        self, info: Info, input: Annotated[FindingDismissalRemoveInput, _ARGUMENT]
    ) -> FindingDismissalRemoveResult:
        command = to_command(FindingDismissalRemove, input, ids={"id": "FindingDismissal"})
        row = await remove_finding_dismissal(info.context.database, info.context.actor, command)
        await info.context.written()
        return FindingDismissalRemoveSuccess(dismissal=as_type(FindingDismissal, row))

    @strawberry.mutation(
        description="Set thresholds of health findings for the organisation, or put them back to their defaults.",
        **_ADMIN,
    )
    async def finding_thresholds_set(
        self, info: Info, input: Annotated[FindingThresholdsSetInput, _ARGUMENT]
    ) -> FindingThresholdsSetResult:
        command = to_command(FindingThresholdsSet, input)
        thresholds = await set_finding_thresholds(info.context.database, info.context.actor, command)
        await info.context.written()
        return FindingThresholdsSetSuccess(thresholds=shown_thresholds(thresholds))
