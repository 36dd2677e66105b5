"""Outcomes without work: key results and objectives of a cycle that no initiative serves."""

from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.key_result.types import KeyResult, KeyResultConnection
from api.nodes import as_types
from api.objective.types import Objective, ObjectiveConnection
from api.pagination import After, Before, First, Last, page_of, slice_of
from domain.db import reading
from domain.objective_coverage import counting_key_results
from domain.queries.coverage import with_initiative
from domain.rows import CycleRow, KeyResultRow


@strawberry.type
class CycleOrphans:
    """Fields of ``Cycle``."""

    @strawberry.field(
        description="The key results in use of its open objectives that no initiative contributes to which is neither"
        " stopped nor archived; the oldest objective's first."
    )
    async def key_results_without_initiative(
        self: CycleRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> KeyResultConnection:
        served = await info.context.loader("served key results", _served).load(self.id)
        rows = [row for row in _oldest_first(info, self.id) if row.id not in served]
        indices, window = slice_of(
            length=len(rows),
            page=page_of(first=first, after=after, last=last, before=before),
            scope=f"key results without initiative in {self.id}",
        )
        nodes = as_types(KeyResult, (rows[index] for index in indices))
        return KeyResultConnection.of(window, nodes=nodes, total=len(rows))

    @strawberry.field(
        description="Its open objectives in use with no key result that an initiative contributes to which is neither"
        " stopped nor archived; the oldest first."
    )
    async def objectives_without_initiative(
        self: CycleRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ObjectiveConnection:
        served = await info.context.loader("served key results", _served).load(self.id)
        directory = info.context.directory
        carried = {directory.key_results[key_result_id].objective_id for key_result_id in served}
        rows = sorted(
            (
                row
                for row in directory.objectives.values()
                if row.cycle_id == self.id
                and row.archived_at is None
                and row.closed_at is None
                and row.id not in carried
            ),
            key=lambda row: (row.created_at, row.id),
        )
        indices, window = slice_of(
            length=len(rows),
            page=page_of(first=first, after=after, last=last, before=before),
            scope=f"objectives without initiative in {self.id}",
        )
        nodes = as_types(Objective, (rows[index] for index in indices))
        return ObjectiveConnection.of(window, nodes=nodes, total=len(rows))


def _oldest_first(info: Info, cycle_id: UUID) -> list[KeyResultRow]:
    directory = info.context.directory

    def age(row: KeyResultRow) -> tuple[object, ...]:
        objective = directory.objectives[row.objective_id]
        return (objective.created_at, objective.id, row.created_at, row.id)

    return sorted(counting_key_results(directory, cycle_id), key=age)


def _served(context: Context) -> DataLoader[UUID, frozenset[UUID]]:
    """The key results of each cycle that some initiative serves; of all cycles in one statement."""

    async def load(cycle_ids: list[UUID]) -> list[frozenset[UUID]]:
        directory = (await context.view()).directory
        of_cycle = [[row.id for row in counting_key_results(directory, cycle_id)] for cycle_id in cycle_ids]
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await with_initiative(
                connection, organisation_id, [key_result_id for ids in of_cycle for key_result_id in ids]
            )
        return [frozenset(found.intersection(ids)) for ids in of_cycle]

    return DataLoader(load_fn=load)
