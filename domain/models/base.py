"""Metadata, naming convention and the columns that many tables share."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = SQLModel.metadata

LARGEST = 1e15
"""Largest magnitude of a stored figure: keeps NaN and infinities out, and sums exact enough."""


class TenantRow(SQLModel):
    """Every table of a tenant: its key starts with the organisation."""

    organisation_id: UUID = Field(primary_key=True)
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )


class Entity(TenantRow):
    """A tenant's row with an identity of its own and a version for compare-and-swap."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
    archived_at: datetime | None = None


def enum_type(enum: type[StrEnum], *, name: str | None = None) -> Any:
    """Text column limited to the enum's values by a CHECK, so that a value can be added by a migration."""
    if name is None:
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in enum.__name__).lstrip("_")
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def tenant_key() -> sa.ForeignKeyConstraint:
    """The organisation that owns the row."""
    return sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], ondelete="CASCADE")


def tenant_reference(
    table: str, columns: Sequence[str], *, referred: Sequence[str] = ("id",), ondelete: str = "RESTRICT"
) -> sa.ForeignKeyConstraint:
    """Composite foreign key within the same organisation, so that no row can point at another tenant's."""
    return sa.ForeignKeyConstraint(
        ["organisation_id", *columns],
        [f"{table}.organisation_id", *(f"{table}.{column}" for column in referred)],
        ondelete=ondelete,
    )


def bounded(column: str, low: float = -LARGEST, high: float = LARGEST) -> sa.CheckConstraint:
    """CHECK that a figure is finite and within its limits; NULL passes."""
    return sa.CheckConstraint(f"{column} BETWEEN {low:.0f} AND {high:.0f}", name=f"{column}_range")


def not_blank(column: str) -> sa.CheckConstraint:
    """CHECK that a text holds something besides white space."""
    return sa.CheckConstraint(f"{column} ~ '[^[:space:]]'", name=f"{column}_not_blank")
