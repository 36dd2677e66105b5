"""The type ``AllocationPolicyVersion`` and its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.audit.fields import AuditedNode
from api.category.types import AllocationCategory
from api.context import Context, Info
from api.inputs import decoded
from api.listing import Listing
from api.member.types import Member
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.pagination import Connection
from api.scenario.enums import AllocationMode
from domain.allocation.policy import AllocationShare as Share
from domain.allocation.policy import Policy, ShareChange, changes_between
from domain.allocation.reading import policies_with, version_ids
from domain.db import reading
from domain.errors import InvalidInput, NotFound
from domain.models import AllocationPolicyVersion as VersionModel
from domain.queries.listing import OrderBy, Source, by_ids
from domain.rows import AllocationCategoryRow
from domain.rows_allocation import AllocationPolicyVersionRow

if TYPE_CHECKING:
    from api.portfolio.types import Portfolio
    from api.team.types import Team

POLICY_VERSIONS = Source(VersionModel, AllocationPolicyVersionRow)


@dataclass(frozen=True, slots=True)
class ShareView:
    """A category's share in a policy."""

    category_id: UUID
    given: Share


@dataclass(frozen=True, slots=True)
class TeamSplitView:
    """A team with shares of its own."""

    team_id: UUID
    split: Mapping[UUID, Share]


@strawberry.type(description="A category's share of capacity.")
class AllocationShare:
    """Shows ``ShareView``."""

    @strawberry.field(description="The category; its kind says whether it is step-change work.")
    def category(self: ShareView, info: Info) -> AllocationCategory:
        return as_type(AllocationCategory, info.context.directory.categories[self.category_id])

    @strawberry.field(description="Share of capacity, 0 to 1.")
    def share(self: ShareView) -> float:
        return self.given.share

    @strawberry.field(description="How strictly it holds.")
    def mode(self: ShareView) -> AllocationMode:
        return self.given.mode


@strawberry.type(description="The shares of one team, which hold instead of the policy's.")
class TeamAllocation:
    """Shows ``TeamSplitView``."""

    @strawberry.field(description="The team.")
    def team(self: TeamSplitView, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return cast("Team", info.context.directory.teams[self.team_id])

    @strawberry.field(description="Its shares in their order, 100 % together; at most 50.")
    def shares(self: TeamSplitView) -> list[AllocationShare]:
        return _shares(self.split)


@strawberry.type(description="What became of a category's share between two versions of a policy.")
class AllocationShareChange:
    """Shows ``ShareChange``."""

    @strawberry.field(description="The team whose share it is; null for that of the policy itself.")
    def team(self: ShareChange, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        return None if self.team_id is None else cast("Team", info.context.directory.teams[self.team_id])

    @strawberry.field(description="The category.")
    def category(self: ShareChange, info: Info) -> AllocationCategory:
        return as_type(AllocationCategory, info.context.directory.categories[self.category_id])

    @strawberry.field(description="Its share in the earlier version, 0 to 1; null where it had none.")
    def share_before(self: ShareChange) -> float | None:
        return None if self.before is None else self.before.share

    @strawberry.field(description="Its share in this version, 0 to 1; null where it has none.")
    def share_after(self: ShareChange) -> float | None:
        return None if self.after is None else self.after.share

    @strawberry.field(description="How strictly it held; null where it had no share.")
    def mode_before(self: ShareChange) -> AllocationMode | None:
        return None if self.before is None else self.before.mode

    @strawberry.field(description="How strictly it holds; null where it has no share.")
    def mode_after(self: ShareChange) -> AllocationMode | None:
        return None if self.after is None else self.after.mode


@strawberry.type(
    description="One version of a portfolio's allocation policy. It never changes. On a day the newest version whose"
    " day has come holds: it replaces all that were published before, those planned for a later day, too."
)
@shows(AllocationPolicyVersionRow)
class AllocationPolicyVersion(Node, AuditedNode):
    """Shows ``AllocationPolicyVersionRow``."""

    number: int = strawberry.field(description="1 for the portfolio's first version, and so on.")
    effective_from: date = strawberry.field(description="The day from which on it holds.")
    reason: str = strawberry.field(description="Why capacity is split like this.")
    created_at: datetime = strawberry.field(description="When it was published.")

    @strawberry.field(description="The portfolio.")
    def portfolio(
        self: AllocationPolicyVersionRow, info: Info
    ) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]:
        return cast("Portfolio", info.context.directory.portfolios[self.portfolio_id])

    @strawberry.field(description="Who published it.")
    def published_by(self: AllocationPolicyVersionRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.published_by_id])

    @strawberry.field(description="The shares of all teams without their own, 100 % together; at most 50.")
    async def shares(self: AllocationPolicyVersionRow, info: Info) -> list[AllocationShare]:
        return _shares((await _policy(info.context, self.id)).shares)

    @strawberry.field(description="Teams with shares of their own; at most 100.")
    async def overrides(self: AllocationPolicyVersionRow, info: Info) -> list[TeamAllocation]:
        policy = await _policy(info.context, self.id)
        return as_types(TeamAllocation, (TeamSplitView(*item) for item in policy.of_team.items()))

    @strawberry.field(
        description="Categories in use that have no share in it, by name: what is done for them has no limit of its own"
        " and no plan. At most 100."
    )
    async def categories_without_share(
        self: AllocationPolicyVersionRow, info: Info
    ) -> list[AllocationCategory]:
        policy = await _policy(info.context, self.id)
        rows = info.context.directory.categories.values()
        return _by_name(row for row in rows if row.archived_at is None and row.id not in policy.shares)

    @strawberry.field(
        description="Categories that have a share in it, or in a team's own shares, and are archived by now: their"
        " capacity is set aside for nothing. At most 50."
    )
    async def archived_categories(self: AllocationPolicyVersionRow, info: Info) -> list[AllocationCategory]:
        policy = await _policy(info.context, self.id)
        named = {*policy.shares, *(key for split in policy.of_team.values() for key in split)}
        rows = (info.context.directory.categories[key] for key in named)
        return _by_name(row for row in rows if row.archived_at is not None)

    @strawberry.field(
        description="What differs from an earlier version, by default from the one before: first in the policy itself,"
        " then for teams whose own shares came, went or changed. Everything, for a portfolio's first version."
    )
    async def changes(
        self: AllocationPolicyVersionRow,
        info: Info,
        against: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="A version of the same portfolio; left out the one before."),
        ] = strawberry.UNSET,
    ) -> list[AllocationShareChange]:
        earlier = await _earlier(info.context, self, against or None)
        return as_types(AllocationShareChange, changes_between(earlier, await _policy(info.context, self.id)))


@strawberry.type(description="A page of versions of an allocation policy.")
class AllocationPolicyVersionConnection(Connection[AllocationPolicyVersion]):
    """Connection of policy versions."""


POLICY_LISTING = Listing(
    POLICY_VERSIONS,
    AllocationPolicyVersionConnection,
    ids={},
    default=(OrderBy("number", descending=True),),
)


def _shares(split: Mapping[UUID, Share]) -> list[AllocationShare]:
    return as_types(AllocationShare, (ShareView(*item) for item in split.items()))


def _by_name(rows: Any) -> list[AllocationCategory]:
    found: list[AllocationCategoryRow] = sorted(rows, key=lambda row: (row.name.lower(), row.id))
    return as_types(AllocationCategory, found[:100])


async def _earlier(
    context: Context, version: AllocationPolicyVersionRow, against: str | None
) -> Policy | None:
    if against is None:
        numbered = await context.loader("policy numbers", _numbering).load(version.portfolio_id)
        before = numbered.get((version.portfolio_id, version.number - 1))
        return None if before is None else await _policy(context, before)
    found = await context.loader("policies", _loading).load(
        decoded("AllocationPolicyVersion", against, "against")
    )
    if found is None:
        raise NotFound("There is no policy version with this id.", path=("against",))
    if found.version.portfolio_id != version.portfolio_id:
        raise InvalidInput("Compare with a version of the same portfolio's policy.", path=("against",))
    return found


async def _policy(context: Context, version_id: UUID) -> Policy:
    found = await context.loader("policies", _loading).load(version_id)
    if found is None:
        raise NotFound("There is no policy version with this id.", path=("id",))
    return found


def _loading(context: Context) -> DataLoader[UUID, Policy | None]:
    async def load(ids: list[UUID]) -> list[Policy | None]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await policies_with(connection, organisation_id, ids)
        return [found.get(key) for key in ids]

    return DataLoader(load_fn=load)


def _numbering(context: Context) -> DataLoader[UUID, Mapping[tuple[UUID, int], UUID]]:
    async def load(portfolio_ids: list[UUID]) -> list[Mapping[tuple[UUID, int], UUID]]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await version_ids(connection, organisation_id, portfolio_ids)
        return [found for _ in portfolio_ids]

    return DataLoader(load_fn=load)


async def _versions(context: Context, ids: list[UUID]) -> list[Any]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, POLICY_VERSIONS, ids)
    await context.view()
    return [found.get(key) for key in ids]


fetched_by("AllocationPolicyVersion", _versions)
