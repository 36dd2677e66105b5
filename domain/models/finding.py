"""What an organisation has decided about health findings: its thresholds, and findings that it dismisses."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.models.base import TenantRow, bounded, not_blank, tenant_key, tenant_reference


class FindingThreshold(TenantRow, table=True):
    """A threshold that differs from the default of ``domain.findings.thresholds``."""

    __tablename__ = "finding_threshold"
    __table_args__ = (tenant_key(), bounded("value"))

    name: str = Field(max_length=60, primary_key=True)
    value: float


class FindingDismissal(TenantRow, table=True):
    """That a finding is not to be shown, and why: until a day, or until its facts change.

    ``key`` says which finding it is, ``facts`` what was found then. Nothing but its withdrawal is ever
    written on a dismissal.
    """

    __tablename__ = "finding_dismissal"
    __table_args__ = (
        tenant_key(),
        tenant_reference("member", ["dismissed_by_id"]),
        tenant_reference("member", ["withdrawn_by_id"]),
        not_blank("key"),
        not_blank("reason"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawal_complete"),
        sa.Index(
            "uq_finding_dismissal_key",
            "organisation_id",
            "key",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    code: str = Field(max_length=60)
    key: str = Field(max_length=600)
    facts: str = Field(max_length=2000)
    reason: str = Field(max_length=4000)
    until_on: date | None = None
    dismissed_by_id: UUID
    withdrawn_at: datetime | None = None
    withdrawn_by_id: UUID | None = None
