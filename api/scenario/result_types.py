"""What a solve of a scenario has led to, in the schema."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import strawberry

from api.enums import ScoringMethod
from api.nodes import as_type, as_types
from api.pagination import After, Before, Connection, First, Last, Page, page_of, slice_of
from api.scalars import CurrencyCode, Money
from api.scenario.enums import Proof
from api.scenario.outcome_types import ScenarioOutcome, ScenarioOutcomeConnection
from api.scenario.outlook_types import ScenarioOutlook
from api.scenario.plan_parts import (
    ScenarioKeyResultConnection,
    ScenarioPlannedInitiativeConnection,
    ScenarioUtilisationConnection,
    Shown,
    money,
)
from api.scenario.run_types import ScenarioRun
from domain.scenario.outcomes import Outcome
from domain.scenario.reading import SolvedScenario
from domain.scenario.result import PlanResult

C = TypeVar("C", bound=Connection[Any])

DELAY_COST = (
    "Sum over all open initiatives of what finishing at the end of their last period costs against finishing on the"
    " first day of the plan, by their costs of delay; what does not finish in the cycle counts as if it began when that"
    " ends. Who has none counts by value, in proportion to those that have both. Null when nobody has stated any, or"
    " nothing could be scheduled."
)


@strawberry.type(description="What to fund in a cycle, and when it runs.")
class ScenarioPlan:
    """Shows ``PlanResult``."""

    fingerprint: str = strawberry.field(description="Digest of all that it was computed from.")
    method: ScoringMethod = strawberry.field(description="What initiatives are valued by.")
    currency: CurrencyCode = strawberry.field(description="The currency of its amounts.")

    @strawberry.field(
        description="What the funded initiatives are worth together, in the unit of the method, without those in"
        " flight: with CD3 the cost of delay in major units per week, with WSJF the sum of its three values, with RICE"
        " reach · impact · confidence, the score of others."
    )
    def value(self: PlanResult) -> float:
        return self.selection.value

    @strawberry.field(description="No selection is worth more than this.")
    def value_bound(self: PlanResult) -> float | None:
        return self.selection.bound

    @strawberry.field(description="(bound − value) / bound, 0 to 1.")
    def value_gap(self: PlanResult) -> float | None:
        return self.selection.gap

    @strawberry.field(description="What is proven about the selection.")
    def selection_proof(self: PlanResult) -> Proof:
        return self.selection.status

    @strawberry.field(description=DELAY_COST)
    def delay_cost(self: PlanResult) -> Money | None:
        return money(self, self.delay_minor)

    @strawberry.field(
        description="(cost − bound) / cost of the schedule of what is funded, 0 to 1; null when nothing is proven, or"
        " nothing could be scheduled."
    )
    def schedule_gap(self: PlanResult) -> float | None:
        return None if self.schedule is None else self.schedule.gap

    @strawberry.field(description="What is proven about the schedule; null when there is none.")
    def schedule_proof(self: PlanResult) -> Proof | None:
        return None if self.schedule is None else self.schedule.status

    @strawberry.field(
        description="What has to be done and can't be scheduled by its dates, for a person to read: it then runs late,"
        " or not within the cycle. Null when all can."
    )
    def unscheduled(self: PlanResult) -> str | None:
        return self.unscheduled

    @strawberry.field(description="How many initiatives are funded, those in flight left aside.")
    def funded_count(self: PlanResult) -> int:
        return len(self.funded)

    @strawberry.field(description="How many are in flight and go on.")
    def in_flight_count(self: PlanResult) -> int:
        return len(self.in_flight)

    @strawberry.field(description="How many are not funded.")
    def unfunded_count(self: PlanResult) -> int:
        return len(self.unfunded)

    @strawberry.field(
        description="What is funded, by start and then by title; what can't be scheduled comes last."
    )
    def funded(
        self: PlanResult,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioPlannedInitiativeConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _part(ScenarioPlannedInitiativeConnection, self, "funded", self.funded, page)

    @strawberry.field(description="What is in flight and goes on, by title.")
    def in_flight(
        self: PlanResult,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioPlannedInitiativeConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _part(ScenarioPlannedInitiativeConnection, self, "inFlight", self.in_flight, page)

    @strawberry.field(description="What is not funded, the most valuable first, with the reasons.")
    def unfunded(
        self: PlanResult,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioPlannedInitiativeConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _part(ScenarioPlannedInitiativeConnection, self, "unfunded", self.unfunded, page)

    @strawberry.field(description="How much of teams and of their skills is used.")
    def utilisation(
        self: PlanResult,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioUtilisationConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _part(ScenarioUtilisationConnection, self, "utilisation", self.resources, page)

    @strawberry.field(description="Where key results are expected to end.")
    def key_results(
        self: PlanResult,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioKeyResultConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _part(ScenarioKeyResultConnection, self, "keyResults", self.key_results, page, bare=True)

    @strawberry.field(
        description="How likely it holds under uncertain estimates; null when that was not asked for, or nothing could"
        " be scheduled."
    )
    def outlook(self: PlanResult) -> ScenarioOutlook | None:
        return None if self.outlook is None else as_type(ScenarioOutlook, self.outlook)


@strawberry.type(description="What a solve of a scenario has led to, beside its base.")
class ScenarioResult:
    """Shows ``SolvedScenario``."""

    @strawberry.field(description="The solve.")
    def run(self: SolvedScenario) -> ScenarioRun:
        return as_type(ScenarioRun, self.run)

    @strawberry.field(
        description="Whether the scenario's effects, or its base, are others by now: solve it again. Reasons then"
        " don't name effects."
    )
    def is_outdated(self: SolvedScenario) -> bool:
        return self.outdated

    @strawberry.field(description="The plan with the effects.")
    def plan(self: SolvedScenario) -> ScenarioPlan:
        return as_type(ScenarioPlan, self.result)

    @strawberry.field(
        description="The plan of the base, solved in the same way; null when that can't be planned. Nobody wins or"
        " loses against it then."
    )
    def base_plan(self: SolvedScenario) -> ScenarioPlan | None:
        return None if self.base is None else as_type(ScenarioPlan, self.base)

    @strawberry.field(description="Why the base can't be planned, for a person to read; null when it can.")
    def base_refusal(self: SolvedScenario) -> str | None:
        return self.base_refusal

    @strawberry.field(
        description="Who is funded or finishes earlier, against the base; what is funded first, then by value."
    )
    def winners(
        self: SolvedScenario,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioOutcomeConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _outcomes(self, "winners", self.winners, page)

    @strawberry.field(
        description="Who is not funded any more or finishes later, against the base; what is not funded first, then by"
        " value."
    )
    def losers(
        self: SolvedScenario,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioOutcomeConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _outcomes(self, "losers", self.losers, page)


def _part(
    connection: type[C], plan: PlanResult, name: str, items: Sequence[Any], page: Page, *, bare: bool = False
) -> C:
    indices, window = slice_of(length=len(items), page=page, scope=f"{plan.fingerprint}:{name}")
    show: Callable[[Any], Any] = (lambda item: item) if bare else (lambda item: Shown(plan, item))
    nodes = as_types(object, [show(items[index]) for index in indices])
    return connection.of(window, nodes=nodes, total=len(items))


def _outcomes(
    solved: SolvedScenario, name: str, items: Sequence[Outcome], page: Page
) -> ScenarioOutcomeConnection:
    indices, window = slice_of(length=len(items), page=page, scope=f"{solved.run.id}:{name}")
    nodes = [ScenarioOutcome(outcome=items[index], solved=solved) for index in indices]
    return ScenarioOutcomeConnection.of(window, nodes=nodes, total=len(items))
