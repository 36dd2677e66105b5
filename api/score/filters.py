"""How lists of scores are filtered."""

import strawberry

from api.filters import DateTimeFilter, FloatFilter, IDFilter, all_of, any_of, none_of, on


@strawberry.input(description="Which scores to return; everything that is given must hold.")
class ScoreWhere:
    """Filter of scores."""

    and_: list["ScoreWhere"] | None = all_of()
    or_: list["ScoreWhere"] | None = any_of()
    not_: "ScoreWhere | None" = none_of()
    criterion_id: IDFilter | None = on("The criterion.")
    rater_id: IDFilter | None = on("Who scored.")
    value: FloatFilter | None = on("The value.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
