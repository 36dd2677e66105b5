"""Queries about health findings."""

from typing import Annotated

import strawberry

from api.context import Info
from api.finding.fields import FINDINGS_COST, Codes, Dismissed, OnDay, Severities
from api.finding.reading import Wanted, page_of_findings
from api.finding.types import (
    DISMISSAL_LISTING,
    FindingConnection,
    FindingDismissalConnection,
    FindingThreshold,
    shown_thresholds,
)
from api.ids import decode_id
from api.inputs import decoded
from api.listing import connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ
from domain.db import reading
from domain.errors import NotFound
from domain.findings.thresholds import thresholds_of

_SUBJECTS = ("Team", "Objective", "KeyResult", "Kpi")

TeamArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only what is in this team's list.")
]
CycleArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only what is in this cycle's list.")
]
SubjectArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only what is about this team, objective, key result or KPI."),
]


@strawberry.type
class FindingQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Health findings of the organisation about objectives, key results and KPIs: what matters most"
        " first, then by code. Advice, never a refusal.",
        metadata={"cost": FINDINGS_COST},
        **READ,
    )
    async def findings(
        self,
        info: Info,
        team_id: TeamArgument = strawberry.UNSET,
        cycle_id: CycleArgument = strawberry.UNSET,
        subject: SubjectArgument = strawberry.UNSET,
        codes: Codes = strawberry.UNSET,
        severities: Severities = strawberry.UNSET,
        on: OnDay = strawberry.UNSET,
        include_dismissed: Dismissed = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> FindingConnection:
        directory = (await info.context.view()).directory
        page = page_of(first=first, after=after, last=last, before=before)
        team = decoded("Team", team_id, "teamId") if team_id else None
        if team is not None and team not in directory.teams:
            raise NotFound("There is no team with this id.", path=("teamId",))
        cycle = decoded("Cycle", cycle_id, "cycleId") if cycle_id else None
        if cycle is not None and cycle not in directory.cycles:
            raise NotFound("There is no cycle with this id.", path=("cycleId",))
        about = None
        if subject:
            about = decode_id(subject)
            if about is None or about.type_name not in _SUBJECTS:
                raise NotFound("This is not the id of something that findings are about.", path=("subject",))
        wanted = Wanted(
            codes or None,
            severities or None,
            team_id=team,
            cycle_id=cycle,
            subject_id=None if about is None else about.uuid,
            dismissed=include_dismissed,
        )
        return await page_of_findings(info.context, wanted, day=on or None, page=page)

    @strawberry.field(
        description="The thresholds of health findings: what counts in the organisation, and the defaults; 17 of them.",
        **READ,
    )
    async def finding_thresholds(self, info: Info) -> list[FindingThreshold]:
        organisation_id = info.context.actor.organisation_id
        async with reading(info.context.database, organisation_id) as connection:
            return shown_thresholds(await thresholds_of(connection, organisation_id))

    @strawberry.field(
        description="Dismissals of findings, those that were withdrawn or no longer hold included; the latest first.",
        **READ,
    )
    async def finding_dismissals(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> FindingDismissalConnection:
        await info.context.view()
        return await connection_of(
            info.context,
            DISMISSAL_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )
