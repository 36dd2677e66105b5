"""What happened: the change log that snapshots follow, the audit trail, and idempotency keys.

Triggers write the change log and the audit trail (see the first migration): no write can forget them.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from domain.enums import ChangeOperation
from domain.models.base import TenantRow, enum_type, tenant_key


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Name of the type in DDL."""
        return "xid8"


class ChangeLog(TenantRow, table=True):
    """One changed row of one transaction; ``xid`` tells which readers have seen it."""

    __tablename__ = "change_log"
    __table_args__ = (
        tenant_key(),
        sa.Index("ix_change_log_xid", "organisation_id", "xid"),
    )

    id: int = Field(
        default=None,
        primary_key=True,
        sa_type=sa.BigInteger,
        sa_column_kwargs={"server_default": sa.Identity(always=True)},
    )
    xid: int = Field(
        default=None,
        sa_type=Xid8,
        sa_column_kwargs={"server_default": sa.text("pg_current_xact_id()"), "nullable": False},
    )
    portfolio_id: UUID | None = None
    entity: str = Field(max_length=63)
    entity_id: UUID
    initiative_id: UUID | None = None
    operation: ChangeOperation = Field(sa_type=enum_type(ChangeOperation))


class AuditEntry(TenantRow, table=True):
    """Old and new values of one changed row, by whom and on which request.

    ``entity_id`` is what the row is or belongs to. ``initiative_id`` and ``other_initiative_id`` are what it
    concerns besides: the ends of a dependency, the initiative of a decision. They outlive the row.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        tenant_key(),
        sa.Index("ix_audit_entry_entity_id", "organisation_id", "entity_id", "id"),
        # what a kind of row was at a past time: all that was written on it since then
        sa.Index("ix_audit_entry_created_at", "organisation_id", "entity", "created_at"),
        *(
            sa.Index(
                f"ix_audit_entry_{column}",
                "organisation_id",
                column,
                "id",
                postgresql_where=sa.text(f"{column} IS NOT NULL"),
            )
            for column in ("initiative_id", "other_initiative_id")
        ),
    )

    id: int = Field(
        default=None,
        primary_key=True,
        sa_type=sa.BigInteger,
        sa_column_kwargs={"server_default": sa.Identity(always=True)},
    )
    entity: str = Field(max_length=63)
    entity_id: UUID
    initiative_id: UUID | None = None
    other_initiative_id: UUID | None = None
    operation: ChangeOperation = Field(sa_type=enum_type(ChangeOperation))
    member_id: UUID | None = None
    request_id: str | None = Field(default=None, max_length=100)
    reason: str | None = Field(default=None, max_length=4000)
    old_values: dict[str, Any] | None = Field(default=None, sa_type=postgresql.JSONB)
    new_values: dict[str, Any] | None = Field(default=None, sa_type=postgresql.JSONB)


class IdempotencyKey(TenantRow, table=True):
    """What a client's idempotency key stood for, so that a repeat returns the first outcome."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        tenant_key(),
        sa.CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint_length"),
    )

    operation: str = Field(max_length=100, primary_key=True)
    key: str = Field(max_length=200, primary_key=True)
    fingerprint: bytes = Field(sa_type=sa.LargeBinary)
    entity_id: UUID
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
