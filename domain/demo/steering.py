"""Loads how objectives have gone: check-ins, reviews, closings, carrying over; and benefits.

Everything happens on the day that is written down for it.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, time

from domain.benefit import add_realisation, create_benefit
from domain.check_in import create_check_in
from domain.commands.benefit import (
    Amount,
    BenefitCreate,
    BenefitRealisationAdd,
    CountedIn,
    Money,
    PlannedAmount,
)
from domain.commands.check_in import CheckInCreate
from domain.commands.objective_closing import (
    CarriedContributions,
    ConfidenceReviewCreate,
    ObjectiveCarryOver,
    ObjectiveClose,
)
from domain.confidence_review import create_confidence_review
from domain.demo.content import Gain
from domain.demo.loading import Stage
from domain.demo.objectives import KEY_RESULTS
from domain.demo.organisation import CURRENCY
from domain.demo.rhythm import CHECK_INS, ENDS, GAINS, REVIEWS
from domain.errors import AlreadyCarriedOver, ObjectiveClosed
from domain.objective_carry_over import carry_over_objective
from domain.objective_closing import close_objective

_PENCE = 100


async def load_rhythm(stage: Stage) -> None:
    """Check-ins by the owners of key results, reviews, closings by the board, and what goes on."""
    owner_of = {evidence.key: evidence.owner for evidence in KEY_RESULTS}
    for said in CHECK_INS:
        command = CheckInCreate(
            key_result_id=stage.identity("key result", said.key_result),
            value=said.value,
            confidence=said.confidence,
            note=said.note,
            at=_morning(said.day),
            idempotency_key=f"demo {said.key_result} {said.day}",
        )
        actor = stage.actors[owner_of[said.key_result]]
        await create_check_in(stage.database, actor, command, now=_morning(said.day))
    reviewed = await stage.present("confidence_review", "objective_id")
    for doubt in REVIEWS:
        objective_id = stage.identity("objective", doubt.objective)
        if objective_id not in reviewed:
            review = ConfidenceReviewCreate(
                objective_id=objective_id, confidence=doubt.confidence, note=doubt.note, reviewed_on=doubt.day
            )
            await create_confidence_review(
                stage.database, stage.actors["bowen"], review, now=_morning(doubt.day)
            )
    for end in ENDS:
        objective_id = stage.identity("objective", end.objective)
        closing = ObjectiveClose(
            id=objective_id,
            manual_grade=end.grade,
            grade_reason=end.reason,
            retrospective=end.retrospective,
        )
        # either may have been done by a start that failed later on
        with suppress(ObjectiveClosed):
            await close_objective(stage.database, stage.actors["ashworth"], closing, now=_morning(end.day))
        if end.carried_into is not None:
            carrying = ObjectiveCarryOver(
                id=objective_id,
                cycle_id=stage.identity("cycle", end.carried_into),
                contributions=CarriedContributions.MOVE,
            )
            with suppress(AlreadyCarriedOver):
                await carry_over_objective(stage.database, stage.actors["bowen"], carrying)


async def load_benefits(stage: Stage) -> None:
    """What initiatives are to bring, and what has come of it."""
    for gain in GAINS:
        owner = stage.actors[gain.owner]
        benefit_id = stage.identity("benefit", gain.key)
        plan = [
            PlannedAmount(due_on=day, amount=_amount(gain, amount)) for day, amount in gain.planned.items()
        ]
        await create_benefit(
            stage.database,
            owner,
            BenefitCreate(
                id=benefit_id,
                initiative_id=stage.identity("initiative", gain.initiative),
                title=gain.title,
                description=gain.description,
                counted_in=CountedIn(currency=CURRENCY)
                if gain.key_result is None
                else CountedIn(key_result_id=stage.identity("key result", gain.key_result)),
                owner_id=owner.member_id,
                plan=plan,
            ),
        )
        for day, amount in gain.realised.items():
            entry = BenefitRealisationAdd(
                benefit_id=benefit_id,
                amount=_amount(gain, amount),
                realised_on=day,
                idempotency_key=f"demo {gain.key} {day}",
            )
            await add_realisation(stage.database, owner, entry, now=_morning(day))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def _amount(gain: Gain, amount: float) -> Amount:
    if gain.key_result is not None:
        return Amount(value=amount)
    return Amount(money=Money(amount_minor=round(amount * _PENCE), currency=CURRENCY))
