"""Alembic's entry point; the connection comes in through ``config.attributes`` (see migrations.runner)."""

from typing import Any

from alembic import context
from sqlalchemy.dialects.postgresql import base as postgresql

from domain.models import metadata
from domain.models.journal import Xid8

# reflection would not know the type that change_log.xid has
postgresql.ischema_names["xid8"] = Xid8


def _include(name: str | None, kind: str, parents: Any) -> bool:
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql", target_metadata=metadata, literal_binds=True, include_name=_include
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=False,
        include_name=_include,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
