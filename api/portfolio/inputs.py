"""Inputs of the mutations about portfolios."""

from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION

_NAME = "1 to 200 characters, unique in the organisation, whatever its case."
_DESCRIPTION = "What it is about, at most 200,000 characters."
_MODEL = "The scoring model in use that it is ranked by unless another one is asked for."


@strawberry.input(description="A new portfolio.")
class PortfolioCreateInput:
    """Becomes ``PortfolioCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    name: str = strawberry.field(description=_NAME)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    default_scoring_model_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description=_MODEL
    )


@strawberry.input(description="Changes to a portfolio; what is left out stays as it is.")
class PortfolioUpdateInput:
    """Becomes ``PortfolioUpdate``."""

    id: strawberry.ID = strawberry.field(description="The portfolio.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    description: strawberry.Maybe[str] = strawberry.field(description=_DESCRIPTION)
    default_scoring_model_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description=f"{_MODEL} Null for none."
    )
