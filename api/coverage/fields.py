"""``Objective.coverage`` and ``KeyResult.coverage``."""

from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.coverage.types import KeyResultCoverage, ObjectiveCoverage
from api.nodes import as_type
from domain.db import reading
from domain.objective_coverage import key_result_coverage, objective_coverage
from domain.queries.coverage import ExpectedContribution, expected_contributions
from domain.rows import KeyResultRow, ObjectiveRow


@strawberry.type
class KeyResultCovered:
    """Fields of ``KeyResult``."""

    @strawberry.field(description="Which initiatives get it there, and is that enough?")
    async def coverage(self: KeyResultRow, info: Info) -> KeyResultCoverage:
        contributions = await info.context.loader("coverage", _contributions).load(self.id)
        return as_type(KeyResultCoverage, key_result_coverage(self, contributions))


@strawberry.type
class ObjectiveCovered:
    """Fields of ``Objective``."""

    @strawberry.field(description="Which initiatives get it there, and is that enough?")
    async def coverage(self: ObjectiveRow, info: Info) -> ObjectiveCoverage:
        rows = info.context.directory.key_results_of.get(self.id, ())
        ids = [row.id for row in rows if row.archived_at is None]
        found = await info.context.loader("coverage", _contributions).load_many(ids)
        contributions = dict(zip(ids, found, strict=True))
        return as_type(ObjectiveCoverage, objective_coverage(self.id, rows, contributions))


def _contributions(context: Context) -> DataLoader[UUID, tuple[ExpectedContribution, ...]]:
    async def load(ids: list[UUID]) -> list[tuple[ExpectedContribution, ...]]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await expected_contributions(connection, organisation_id, ids)
        return [found[key_result_id] for key_result_id in ids]

    return DataLoader(load_fn=load)
