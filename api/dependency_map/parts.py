"""What is said of the map as a whole: components, crossings, dates that can't hold."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.category.types import AllocationCategory
from api.context import Info
from api.dependency.types import Dependency
from api.dependency_map.enums import ViolationKind
from api.nodes import as_type
from api.pagination import Connection
from api.team.types import Team
from domain.dependency_map import MappedPortfolio
from domain.dependency_map.mapping import CrossingPair
from domain.dependency_map.violations import Violation, explanation

if TYPE_CHECKING:
    from api.initiative.types import Initiative


@strawberry.type(
    description="A part of the map that no dependency, hard or soft, connects with the rest; filter `nodes` by its"
    " number to see what is in it."
)
class DependencyMapComponent:
    """One component."""

    number: int = strawberry.field(description="Its number, from 1: the largest one first.")
    initiative_count: int = strawberry.field(
        description="How many initiatives it has; 1 for one that stands alone."
    )
    dependency_count: int = strawberry.field(description="How many dependencies it has, hard and soft.")


@strawberry.type(description="A page of components, the largest first.")
class DependencyMapComponentConnection(Connection[DependencyMapComponent]):
    """Connection of components."""


@strawberry.type(description="How often work of one team depends on work of another.")
class TeamCrossing:
    """Shows ``CrossingPair``."""

    @strawberry.field(description="The team whose work comes first.")
    def predecessor_team(self: CrossingPair, info: Info) -> Team:
        return as_type(Team, info.context.directory.teams[self.predecessor_id])

    @strawberry.field(description="The team whose work waits.")
    def successor_team(self: CrossingPair, info: Info) -> Team:
        return as_type(Team, info.context.directory.teams[self.successor_id])

    @strawberry.field(description="How many dependencies, hard and soft, lead from the one to the other.")
    def dependency_count(self: CrossingPair) -> int:
        return self.dependencies


@strawberry.type(description="A page of pairs of teams, the most dependencies first.")
class TeamCrossingConnection(Connection[TeamCrossing]):
    """Connection of crossings."""


@strawberry.type(description="How often work of one allocation category depends on work of another.")
class CategoryCrossing:
    """Shows ``CrossingPair``."""

    @strawberry.field(description="The category whose work comes first.")
    def predecessor_category(self: CrossingPair, info: Info) -> AllocationCategory:
        return as_type(AllocationCategory, info.context.directory.categories[self.predecessor_id])

    @strawberry.field(description="The category whose work waits.")
    def successor_category(self: CrossingPair, info: Info) -> AllocationCategory:
        return as_type(AllocationCategory, info.context.directory.categories[self.successor_id])

    @strawberry.field(description="How many dependencies, hard and soft, lead from the one to the other.")
    def dependency_count(self: CrossingPair) -> int:
        return self.dependencies


@strawberry.type(description="A page of pairs of allocation categories, the most dependencies first.")
class CategoryCrossingConnection(Connection[CategoryCrossing]):
    """Connection of crossings."""


class Violated(NamedTuple):
    """A violation on a map."""

    mapped: MappedPortfolio
    violation: Violation


@strawberry.type(
    description="A date of an initiative, or the state that it is in, that its dependencies forbid."
)
class DateViolation:
    """Shows ``Violated``."""

    @strawberry.field(description="What can't hold.")
    def kind(self: Violated) -> ViolationKind:
        return self.violation.kind

    @strawberry.field(description="Whose date it is.")
    def initiative(self: Violated) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", self.mapped.row(self.violation.node))

    @strawberry.field(
        description="By how many weeks: a lower bound where durations are missing. Null where that can't be told."
    )
    def weeks(self: Violated) -> float | None:
        return self.violation.weeks

    @strawberry.field(description="The date that can't be kept; null for what is not about a deadline.")
    def due(self: Violated) -> date | None:
        return self.violation.due

    @strawberry.field(description="The dependency that is not honoured; null for deadlines.")
    def dependency(self: Violated) -> Dependency | None:
        entry = self.violation.entry
        return None if entry is None else as_type(Dependency, self.mapped.columns.edges.rows[entry])

    @strawberry.field(description="Why, in a sentence for a person to read.")
    def explanation(self: Violated) -> str:
        return explanation(self.mapped, self.violation)


@strawberry.type(description="A page of dates that can't hold: by kind, then the most weeks first.")
class DateViolationConnection(Connection[DateViolation]):
    """Connection of violations."""
