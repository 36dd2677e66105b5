"""Teams."""

import sqlalchemy as sa
from sqlmodel import Field

from domain.models.base import Entity, not_blank, tenant_key


class Team(Entity, table=True):
    """A group of people whose capacity initiatives demand."""

    __tablename__ = "team"
    __table_args__ = (
        tenant_key(),
        sa.Index("uq_team_name", "organisation_id", sa.text("lower(name)"), unique=True),
        not_blank("name"),
    )

    name: str = Field(max_length=200)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
