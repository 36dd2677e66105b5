"""What a violated constraint of the database means to the one who caused it."""

import psycopg
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict, DomainError, InvalidInput, NotFound

_UNIQUE: dict[str, tuple[tuple[str, ...], str]] = {
    "uq_organisation_slug": (("slug",), "An organisation with this slug exists already; choose another."),
    "uq_member_email": (("email",), "A member with this email address exists already."),
    "uq_team_name": (("name",), "A team with this name exists already; choose another name."),
    "uq_cycle_name": (("name",), "A cycle with this name exists already; choose another name."),
    "uq_portfolio_name": (("name",), "A portfolio with this name exists already; choose another name."),
    "uq_allocation_category_name": (
        ("name",),
        "An allocation category with this name exists already; choose another name.",
    ),
    "uq_scoring_model_name": (
        ("name",),
        "A scoring model with this name exists already; choose another name.",
    ),
    "uq_criterion_organisation_id_key": (
        ("key",),
        "A criterion with this key exists already; choose another key.",
    ),
    "uq_initiative_external_id": (
        ("externalId",),
        "An initiative with this external id exists in the portfolio already.",
    ),
    "uq_dependency_organisation_id_predecessor_id_successor_id_kind": (
        ("successorId",),
        "This dependency exists already.",
    ),
    "uq_alternative_group_name": (
        ("name",),
        "The portfolio has a group of alternatives with this name already; choose another name.",
    ),
    "uq_kpi_name": (("name",), "The team has a KPI with this name already; choose another name."),
}


def explain_violation(error: IntegrityError) -> DomainError:
    """The domain error that a constraint violation stands for.

    Use cases check their rules before they write; this is what remains when a second writer was
    faster, or when a rule is held by the database alone.
    """
    cause = error.orig
    if not isinstance(cause, psycopg.Error):
        return InvalidInput("The database refused these values; nothing was written.")
    name = cause.diag.constraint_name or ""
    if isinstance(cause, psycopg.errors.UniqueViolation):
        if name.startswith("pk_"):
            return Conflict(
                "Something with this id exists already; leave the id out to get a new one.", path=("id",)
            )
        path, message = _UNIQUE.get(name, ((), "Something with these values exists already."))
        return Conflict(message, path=path)
    if isinstance(cause, psycopg.errors.ForeignKeyViolation):
        if "still referenced" in (cause.diag.message_detail or ""):
            return Conflict("Other entries still refer to this one; remove or change them first.")
        return NotFound(
            "Something that the input refers to is not there; it may have been deleted meanwhile."
        )
    if isinstance(cause, psycopg.errors.CheckViolation):
        rule = name.removeprefix("ck_").replace("_", " ")
        return InvalidInput(f"The values break the rule: {rule}. Correct them and try again.")
    if isinstance(cause, psycopg.errors.NotNullViolation):
        column = cause.diag.column_name or "a required field"
        return InvalidInput(f"{column} is required.", path=(column,))
    return InvalidInput("The database refused these values; nothing was written.")
