"""Reading policies, set-based: two statements, however many versions there are."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.allocation.policy import Policy, effective, policy_of
from domain.models import AllocationPolicyShare, AllocationPolicyVersion, metadata
from domain.rows import columns
from domain.rows_allocation import AllocationPolicyShareRow, AllocationPolicyVersionRow

_VERSIONS = metadata.tables["allocation_policy_version"]
_SHARES = metadata.tables["allocation_policy_share"]


async def effective_policy(
    connection: AsyncConnection | AsyncSession, organisation_id: UUID, portfolio_id: UUID, day: date
) -> Policy | None:
    """A portfolio's policy on a day; None before the first one."""
    versions = (
        sa.select(*columns(AllocationPolicyVersion, AllocationPolicyVersionRow))
        .where(
            _VERSIONS.c.organisation_id == organisation_id,
            _VERSIONS.c.portfolio_id == portfolio_id,
            _VERSIONS.c.effective_from <= day,
        )
        .order_by(_VERSIONS.c.number.desc())
        .limit(1)
    )
    found = [AllocationPolicyVersionRow._make(row) for row in await connection.execute(versions)]
    policies = await _with_shares(connection, organisation_id, found)
    return effective(policies, day)


async def policies_of(
    connection: AsyncConnection | AsyncSession,
    organisation_id: UUID,
    portfolio_ids: Collection[UUID] | None = None,
    *,
    until: date,
) -> dict[UUID, list[Policy]]:
    """All versions that hold on some day up to ``until``, by portfolio, the first one first."""
    versions = (
        sa.select(*columns(AllocationPolicyVersion, AllocationPolicyVersionRow))
        .where(_VERSIONS.c.organisation_id == organisation_id, _VERSIONS.c.effective_from <= until)
        .order_by(_VERSIONS.c.portfolio_id, _VERSIONS.c.number)
    )
    if portfolio_ids is not None:
        versions = versions.where(
            _VERSIONS.c.portfolio_id == sa.any_(sa.literal(list(portfolio_ids), sa.ARRAY(sa.Uuid)))
        )
    rows = [AllocationPolicyVersionRow._make(row) for row in await connection.execute(versions)]
    found: defaultdict[UUID, list[Policy]] = defaultdict(list)
    for policy in await _with_shares(connection, organisation_id, rows):
        found[policy.version.portfolio_id].append(policy)
    return dict(found)


async def policies_with(
    connection: AsyncConnection | AsyncSession, organisation_id: UUID, version_ids: Collection[UUID]
) -> dict[UUID, Policy]:
    """The versions with these ids, with their shares."""
    versions = sa.select(*columns(AllocationPolicyVersion, AllocationPolicyVersionRow)).where(
        _VERSIONS.c.organisation_id == organisation_id,
        _VERSIONS.c.id == sa.any_(sa.literal(list(version_ids), sa.ARRAY(sa.Uuid))),
    )
    rows = [AllocationPolicyVersionRow._make(row) for row in await connection.execute(versions)]
    return {policy.version.id: policy for policy in await _with_shares(connection, organisation_id, rows)}


async def version_ids(
    connection: AsyncConnection | AsyncSession, organisation_id: UUID, portfolio_ids: Collection[UUID]
) -> dict[tuple[UUID, int], UUID]:
    """The ids of all versions of some portfolios, by portfolio and number."""
    query = sa.select(_VERSIONS.c.portfolio_id, _VERSIONS.c.number, _VERSIONS.c.id).where(
        _VERSIONS.c.organisation_id == organisation_id,
        _VERSIONS.c.portfolio_id == sa.any_(sa.literal(list(portfolio_ids), sa.ARRAY(sa.Uuid))),
    )
    return {(row.portfolio_id, row.number): row.id for row in await connection.execute(query)}


async def _with_shares(
    connection: AsyncConnection | AsyncSession,
    organisation_id: UUID,
    versions: Sequence[AllocationPolicyVersionRow],
) -> list[Policy]:
    if not versions:
        return []
    query = (
        sa.select(*columns(AllocationPolicyShare, AllocationPolicyShareRow))
        .where(
            _SHARES.c.organisation_id == organisation_id,
            _SHARES.c.policy_version_id
            == sa.any_(sa.literal([version.id for version in versions], sa.ARRAY(sa.Uuid))),
        )
        .order_by(_SHARES.c.policy_version_id, _SHARES.c.position)
    )
    rows: defaultdict[UUID, list[AllocationPolicyShareRow]] = defaultdict(list)
    for row in map(AllocationPolicyShareRow._make, await connection.execute(query)):
        rows[row.policy_version_id].append(row)
    return [policy_of(version, rows[version.id]) for version in versions]
