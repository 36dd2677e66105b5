"""The types of health findings."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.audit.fields import AuditedNode
from api.context import Context, Info
from api.finding.enums import FindingCode, Severity, SubjectKind, ThresholdName, ThresholdUnit
from api.ids import GlobalId
from api.listing import Listing
from api.member.types import Member
from api.node_queries import rows_of
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.findings.codes import CODE_TEXTS
from domain.findings.listing import ListedFinding
from domain.findings.rows import FINDING_DISMISSALS, FindingDismissalRow
from domain.findings.thresholds import RULES
from domain.queries.listing import OrderBy, by_ids

if TYPE_CHECKING:
    from api.cycle.types import Cycle
    from api.team.types import Team

_NODES = {
    SubjectKind.TEAM: "Team",
    SubjectKind.OBJECTIVE: "Objective",
    SubjectKind.KEY_RESULT: "KeyResult",
    SubjectKind.KPI: "Kpi",
}


@strawberry.type(
    description="That a finding is not to be shown, and why. It holds until its last day, if it has one, and as long"
    " as the facts are those that were dismissed; then the finding comes back."
)
@shows(FindingDismissalRow)
class FindingDismissal(Node, AuditedNode):
    """Shows ``FindingDismissalRow``."""

    key: str = strawberry.field(name="findingKey", description="The key of the finding.")
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")
    until_on: date | None = strawberry.field(description="The last day on which it holds; null for no end.")
    created_at: datetime = strawberry.field(description="When it was dismissed.")
    withdrawn_at: datetime | None = strawberry.field(
        description="When it was withdrawn, or replaced by another dismissal; null while it is not."
    )

    @strawberry.field(description="What was found.")
    def code(self: FindingDismissalRow) -> FindingCode:
        return FindingCode(self.code)

    @strawberry.field(description="Who dismissed it.")
    async def dismissed_by(self: FindingDismissalRow, info: Info) -> Member:
        return await _member(info.context, self.dismissed_by_id)

    @strawberry.field(description="Who withdrew or replaced it; null while nobody has.")
    async def withdrawn_by(self: FindingDismissalRow, info: Info) -> Member | None:
        return None if self.withdrawn_by_id is None else await _member(info.context, self.withdrawn_by_id)


@strawberry.type(description="A page of dismissals, the latest first.")
class FindingDismissalConnection(Connection[FindingDismissal]):
    """Connection of dismissals."""


@strawberry.type(
    description="Something about objectives, key results or KPIs that is worth looking at. Advice."
)
class Finding:
    """Shows ``ListedFinding``."""

    @strawberry.field(
        description="Identifies the finding as long as it is about the same; opaque, for `findingDismissalAdd`."
    )
    def key(self: ListedFinding) -> str:
        return self.finding.key

    @strawberry.field(description="What was found.")
    def code(self: ListedFinding) -> FindingCode:
        return self.finding.code

    @strawberry.field(description="How much it matters.")
    def severity(self: ListedFinding) -> Severity:
        return self.finding.severity

    @strawberry.field(description="What was found, in a few words.")
    def title(self: ListedFinding) -> str:
        return CODE_TEXTS[self.finding.code].title

    @strawberry.field(description="Why it is said, with the figures, for a person to read.")
    def explanation(self: ListedFinding) -> str:
        return self.finding.explanation

    @strawberry.field(description="What to do about it, for a person to read.")
    def what_to_do(self: ListedFinding) -> str:
        return CODE_TEXTS[self.finding.code].what_to_do

    @strawberry.field(description="What kind of thing it is about.")
    def subject_kind(self: ListedFinding) -> SubjectKind:
        return self.finding.subject_kind

    @strawberry.field(description="What it is about; null for a process.")
    async def subject(self: ListedFinding, info: Info) -> Node | None:
        return await _node(info.context, self.finding.subject_kind, self.finding.subject_id)

    @strawberry.field(description="The process that it is about; null for other subjects.")
    def process(self: ListedFinding) -> str | None:
        return self.finding.process or None

    @strawberry.field(
        description="A second thing that it is about, such as the KPI that overlaps; null for most."
    )
    async def other(self: ListedFinding, info: Info) -> Node | None:
        kind = self.finding.other_kind
        return None if kind is None else await _node(info.context, kind, self.finding.other_id)

    @strawberry.field(
        description="The team in whose list it is; null for a process that several teams' KPIs watch."
    )
    def team(self: ListedFinding, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        key = self.finding.team_id
        return None if key is None else cast("Team", info.context.directory.teams[key])

    @strawberry.field(description="The cycle in whose list it is; null for what belongs to no cycle.")
    def cycle(
        self: ListedFinding, info: Info
    ) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")] | None:
        key = self.finding.cycle_id
        return None if key is None else cast("Cycle", info.context.directory.cycles[key])

    @strawberry.field(description="The dismissal that holds; null if it is not dismissed.")
    def dismissal(self: ListedFinding) -> FindingDismissal | None:
        return None if self.dismissal is None else _shown(self.dismissal)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many findings of a list have a code and a severity."""

    code: FindingCode
    severity: Severity
    count: int


@strawberry.type(description="How many findings of a list have a code and a severity.")
class FindingCount:
    """Shows ``Counted``."""

    code: FindingCode = strawberry.field(description="The code.")
    severity: Severity = strawberry.field(description="The severity.")
    count: int = strawberry.field(description="How many, on all pages.")


@strawberry.type(description="A page of findings: what matters most first, then by code.")
class FindingConnection(Connection[Finding]):
    """Connection of findings."""

    all: strawberry.Private[list[ListedFinding]]

    @strawberry.field(
        description="How many there are of each code and severity on all pages; at most 66, in the list's order."
    )
    def counts(self) -> list[FindingCount]:
        counted = Counter((each.finding.code, each.finding.severity) for each in self.all)
        return as_types(FindingCount, (Counted(*key, count) for key, count in counted.items()))


class SetThreshold(NamedTuple):
    """A threshold as it is in an organisation."""

    name: ThresholdName
    value: float


@strawberry.type(description="A threshold of health findings.")
class FindingThreshold:
    """Shows ``SetThreshold``."""

    name: ThresholdName = strawberry.field(description="Which one.")
    value: float = strawberry.field(description="What counts in the organisation.")

    @strawberry.field(description="What counts unless an administrator has set something else.")
    def default_value(self: SetThreshold) -> float:
        return RULES[self.name].default

    @strawberry.field(description="The least value that it can have.")
    def least(self: SetThreshold) -> float:
        return RULES[self.name].low

    @strawberry.field(description="The greatest value that it can have.")
    def greatest(self: SetThreshold) -> float:
        return RULES[self.name].high

    @strawberry.field(description="What it counts.")
    def unit(self: SetThreshold) -> ThresholdUnit:
        return RULES[self.name].unit

    @strawberry.field(description="What it decides, for a person to read.")
    def description(self: SetThreshold) -> str:
        return RULES[self.name].description


DISMISSAL_LISTING = Listing(
    FINDING_DISMISSALS,
    FindingDismissalConnection,
    ids={},
    default=(OrderBy("created_at", descending=True),),
)


def shown_thresholds(thresholds: Any) -> list[FindingThreshold]:
    """All thresholds as the schema shows them, in their order."""
    return as_types(FindingThreshold, (SetThreshold(name, thresholds[name]) for name in ThresholdName))


async def _member(context: Context, member_id: UUID) -> Member:
    members = (await context.view()).directory.members
    if member_id not in members:
        members = (await context.renew()).directory.members
    return as_type(Member, members[member_id])


async def _node(context: Context, kind: SubjectKind, key: UUID | None) -> Node | None:
    if key is None:
        return None
    loader = context.loader("finding subjects", _node_loader)
    return await loader.load(GlobalId(_NODES[kind], key))


def _node_loader(context: Context) -> DataLoader[GlobalId, Node | None]:
    async def load(keys: list[GlobalId]) -> list[Node | None]:
        return await rows_of(context, keys)

    return DataLoader(load_fn=load)


def _shown(row: FindingDismissalRow) -> FindingDismissal:
    return as_type(FindingDismissal, row)


async def _dismissals(context: Context, ids: list[UUID]) -> list[FindingDismissalRow | None]:
    async with reading(context.database, context.actor.organisation_id) as connection:
        found = await by_ids(connection, context.actor.organisation_id, FINDING_DISMISSALS, ids)
    return [found.get(dismissal_id) for dismissal_id in ids]


fetched_by("FindingDismissal", _dismissals)
