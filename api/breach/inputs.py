"""Inputs of the mutations about breaches and escalation paths."""

import strawberry

from api.descriptions import EXPECTED_VERSION
from api.enums import Role
from domain.commands.kpi import MOST_ESCALATION_LEVELS, MOST_ESCALATION_MEMBERS

_BREACH = "The breach."
_OPEN_BREACH = "The open breach."


@strawberry.input(description="Who hears of a breach when nobody has acknowledged it by then.")
class EscalationStepInput:
    """Becomes ``EscalationStep``."""

    delay_hours: float = strawberry.field(
        description="Hours from the opening of the breach, 0 to 8,784; more than that of the level before."
    )
    role: Role | None = strawberry.field(
        default=strawberry.UNSET, description="Everybody with this role; at least this or members."
    )
    member_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Members in office, each once; at most {MOST_ESCALATION_MEMBERS}.",
    )


@strawberry.input(
    description="The whole way that breaches of a KPI escalate, in the place of the one before."
)
class EscalationPathSetInput:
    """Becomes ``EscalationPathSet``."""

    kpi_id: strawberry.ID = strawberry.field(description="The KPI in use.")
    levels: list[EscalationStepInput] = strawberry.field(
        description=f"1 to {MOST_ESCALATION_LEVELS} levels, the first one first."
    )


@strawberry.input(description="The KPI whose breaches are to escalate no further.")
class EscalationPathClearInput:
    """Becomes a KPI's id."""

    kpi_id: strawberry.ID = strawberry.field(description="The KPI in use.")


@strawberry.input(description="That somebody takes a breach on.")
class BreachAcknowledgeInput:
    """Becomes ``BreachAcknowledge``."""

    id: strawberry.ID = strawberry.field(description=_OPEN_BREACH)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    note: str | None = strawberry.field(
        default=strawberry.UNSET, description="What to say about it; at most 4,000 characters."
    )


@strawberry.input(
    description="What a breach comes from and what is done about it; what is left out stays as it is."
)
class BreachUpdateInput:
    """Becomes ``BreachUpdate``."""

    id: strawberry.ID = strawberry.field(description=f"{_BREACH} It may be over.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    cause: strawberry.Maybe[str] = strawberry.field(
        description="What it comes from; at most 4,000 characters."
    )
    corrective_action: strawberry.Maybe[str] = strawberry.field(
        description="What is done about it; at most 4,000 characters."
    )
    initiative_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The initiative of a lights-on category that mends it. Null for none."
    )


@strawberry.input(description="That the process is restored, though no measurement says so yet.")
class BreachRestoreInput:
    """Becomes ``BreachRestore``."""

    id: strawberry.ID = strawberry.field(description=_OPEN_BREACH)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")
