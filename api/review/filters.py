"""How lists of reviews are filtered."""

import strawberry

from api.filters import DateFilter, EnumFilter, IDFilter, StringFilter, all_of, any_of, none_of, on
from api.review.enums import ReviewCadence, ReviewKind


@strawberry.input(description="Which reviews of the calendar to return; everything that is given must hold.")
class ReviewScheduleWhere:
    """Filter of schedules."""

    and_: list["ReviewScheduleWhere"] | None = all_of()
    or_: list["ReviewScheduleWhere"] | None = any_of()
    not_: "ReviewScheduleWhere | None" = none_of()
    name: StringFilter | None = on("Its name.")
    kind: EnumFilter[ReviewKind] | None = on("What it looks at.")
    cadence: EnumFilter[ReviewCadence] | None = on("How often it is due.")
    team_id: IDFilter | None = on("The team that it is about.")
    portfolio_id: IDFilter | None = on("The portfolio that it is about.")
    owner_id: IDFilter | None = on("Who sees to it that it is held.")


@strawberry.input(description="Which reviews to return; everything that is given must hold.")
class ReviewWhere:
    """Filter of reviews."""

    and_: list["ReviewWhere"] | None = all_of()
    or_: list["ReviewWhere"] | None = any_of()
    not_: "ReviewWhere | None" = none_of()
    kind: EnumFilter[ReviewKind] | None = on("What it looked at.")
    held_on: DateFilter | None = on("When it was held.")
    team_id: IDFilter | None = on("The team that it was about.")
    portfolio_id: IDFilter | None = on("The portfolio that it was about.")
    schedule_id: IDFilter | None = on("The review of the calendar that it was.")
    notes: StringFilter | None = on("What was noted.")


@strawberry.input(description="Which decisions to return; everything that is given must hold.")
class ReviewDecisionWhere:
    """Filter of decisions."""

    and_: list["ReviewDecisionWhere"] | None = all_of()
    or_: list["ReviewDecisionWhere"] | None = any_of()
    not_: "ReviewDecisionWhere | None" = none_of()
    review_id: IDFilter | None = on("The review.")
    objective_id: IDFilter | None = on("The objective that it is about.")
    key_result_id: IDFilter | None = on("The key result that it is about.")
    kpi_id: IDFilter | None = on("The KPI that it is about.")
    initiative_id: IDFilter | None = on("The initiative that it is about.")
    topic: StringFilter | None = on("What it is about, in words.")
