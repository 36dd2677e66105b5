"""Where findings are shown: on teams, cycles, objectives and key results."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Info
from api.finding.enums import FindingCode, Severity
from api.finding.reading import Wanted, page_of_findings
from api.finding.types import FindingConnection
from api.pagination import After, Before, First, Last, page_of
from domain.rows import CycleRow, TeamRow

FINDINGS_COST = 100
"""What evaluating the findings of an organisation counts as, in points of cost."""

Codes = Annotated[
    list[FindingCode] | None, strawberry.argument(description="Only these codes; all if left out.")
]
Severities = Annotated[
    list[Severity] | None, strawberry.argument(description="Only these severities; all if left out.")
]
Dismissed = Annotated[bool, strawberry.argument(description="Also return what is dismissed.")]
OnDay = Annotated[
    date | None,
    strawberry.argument(
        description="The day as of whose end (UTC) it is judged what is over, overdue or stale; today if left out. What"
        " is judged is as it is now."
    ),
]


@strawberry.type
class TeamFindings:
    """Fields of ``Team``."""

    @strawberry.field(
        description="Health findings about the team, its objectives, key results and KPIs: what matters most first.",
        metadata={"cost": FINDINGS_COST},
    )
    async def findings(
        self: TeamRow,
        info: Info,
        codes: Codes = strawberry.UNSET,
        severities: Severities = strawberry.UNSET,
        on: OnDay = strawberry.UNSET,
        include_dismissed: Dismissed = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> FindingConnection:
        return await page_of_findings(
            info.context,
            Wanted(codes or None, severities or None, team_id=self.id, dismissed=include_dismissed),
            day=on or None,
            page=page_of(first=first, after=after, last=last, before=before),
        )


@strawberry.type
class CycleFindings:
    """Fields of ``Cycle``."""

    @strawberry.field(
        description="Health findings about the cycle's objectives and key results: what matters most first.",
        metadata={"cost": FINDINGS_COST},
    )
    async def findings(
        self: CycleRow,
        info: Info,
        codes: Codes = strawberry.UNSET,
        severities: Severities = strawberry.UNSET,
        on: OnDay = strawberry.UNSET,
        include_dismissed: Dismissed = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> FindingConnection:
        return await page_of_findings(
            info.context,
            Wanted(codes or None, severities or None, cycle_id=self.id, dismissed=include_dismissed),
            day=on or None,
            page=page_of(first=first, after=after, last=last, before=before),
        )
