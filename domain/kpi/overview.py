"""KPIs as lists show them: the definition and where it stands in one row, with the status of the moment."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlalchemy.sql.elements import ColumnElement

from domain.enums import KpiStatus
from domain.kpi.rows import KpiRow
from domain.models import metadata
from domain.models.base import enum_type
from domain.queries.listing import Source

_KPIS = metadata.tables["kpi"]
_STATES = metadata.tables["kpi_state"]


def status_in_sql(now: ColumnElement[datetime]) -> ColumnElement[KpiStatus]:
    """``domain.kpi.standard.status_at`` in SQL, over ``kpi_state``."""
    return sa.type_coerce(
        sa.case(
            (_STATES.c.level.is_(None), KpiStatus.UNKNOWN.value),
            (_STATES.c.stale_at <= now, KpiStatus.STALE.value),
            else_=sa.cast(_STATES.c.level, sa.String),
        ),
        enum_type(KpiStatus),
    )


def overview(now: ColumnElement[datetime]) -> sa.Select[Any]:
    """Select ``KpiRow``s of all tenants that row-level security shows, with the status as of ``now``."""
    selected: list[Any] = [_KPIS.c.organisation_id]
    for name in KpiRow._fields:
        if name == "status":
            selected.append(status_in_sql(now).label("status"))
        else:
            selected.append(_KPIS.c[name] if name in _KPIS.c else _STATES.c[name])
    return sa.select(*selected).join_from(
        _KPIS,
        _STATES,
        sa.and_(_STATES.c.organisation_id == _KPIS.c.organisation_id, _STATES.c.kpi_id == _KPIS.c.id),
    )


class _KpiOverview:
    """What the rows of ``overview`` are mapped to, so that they can be listed as a table's are."""


_NOW = overview(sa.func.now()).subquery("kpi_overview")
registry().map_imperatively(_KpiOverview, _NOW, primary_key=[_NOW.c.organisation_id, _NOW.c.id])

KPIS = Source(_KpiOverview, KpiRow)


class _KpiOfObjective:
    """The same, once for each objective that a KPI stands behind; ``objective_id`` says which."""


_BEHIND = metadata.tables["kpi_objective"]
_BY_OBJECTIVE = (
    overview(sa.func.now())
    .add_columns(_BEHIND.c.objective_id)
    .join(
        _BEHIND,
        sa.and_(_BEHIND.c.organisation_id == _KPIS.c.organisation_id, _BEHIND.c.kpi_id == _KPIS.c.id),
    )
    .subquery("kpi_of_objective")
)
registry().map_imperatively(
    _KpiOfObjective,
    _BY_OBJECTIVE,
    primary_key=[_BY_OBJECTIVE.c.organisation_id, _BY_OBJECTIVE.c.objective_id, _BY_OBJECTIVE.c.id],
)

KPIS_OF_OBJECTIVES = Source(_KpiOfObjective, KpiRow)
