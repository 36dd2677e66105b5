"""Organisations, their members and the tokens that members call the API with."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from domain.enums import Role
from domain.models.base import Entity, enum_type, not_blank, tenant_key, tenant_reference


class Organisation(SQLModel, table=True):
    """A tenant."""

    __tablename__ = "organisation"
    __table_args__ = (
        sa.UniqueConstraint("slug"),
        sa.CheckConstraint("slug ~ '^[a-z0-9](-?[a-z0-9])*$'", name="slug_form"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_form"),
        not_blank("name"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    slug: str = Field(max_length=60)
    name: str = Field(max_length=200)
    currency: str = Field(max_length=3)
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )


class Member(Entity, table=True):
    """A person of an organisation, with a role."""

    __tablename__ = "member"
    __table_args__ = (
        tenant_key(),
        sa.Index("uq_member_email", "organisation_id", sa.text("lower(email)"), unique=True),
        not_blank("name"),
        sa.CheckConstraint("email ~ '^[^@[:space:]]+@[^@[:space:]]+$'", name="email_form"),
    )

    email: str = Field(max_length=254)
    name: str = Field(max_length=200)
    role: Role = Field(sa_type=enum_type(Role))


class ApiToken(Entity, table=True):
    """A bearer token: only its SHA-256 is stored."""

    __tablename__ = "api_token"
    __table_args__ = (
        tenant_key(),
        tenant_reference("member", ["member_id"], ondelete="CASCADE"),
        sa.UniqueConstraint("token_hash"),
        sa.CheckConstraint("octet_length(token_hash) = 32", name="hash_length"),
        sa.CheckConstraint("cardinality(scopes) > 0", name="scopes_present"),
        sa.CheckConstraint("scopes <@ ARRAY['read','write','admin']::varchar[]", name="scopes_known"),
        not_blank("name"),
        sa.Index("ix_api_token_member_id", "organisation_id", "member_id"),
    )

    member_id: UUID
    name: str = Field(max_length=200)
    prefix: str = Field(max_length=20)
    token_hash: bytes = Field(sa_type=sa.LargeBinary)
    scopes: list[str] = Field(sa_type=postgresql.ARRAY(sa.String))
    local_development: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
