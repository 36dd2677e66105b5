"""What a webhook is told of a change, in the schema's terms."""

from collections.abc import Mapping
from typing import Any

from api.changes.types import TYPE_NAMES
from api.ids import encode_id
from domain.changes import Change


def described_change(change: Change) -> Mapping[str, Any]:
    """A change as the type ``Change`` shows it: with ids for ``node(id)``."""
    type_name = TYPE_NAMES[change.entity]
    portfolio, initiative = change.portfolio_id, change.initiative_id
    return {
        "typeName": type_name,
        "nodeId": encode_id(type_name, change.entity_id),
        "part": change.entity,
        "operation": change.operation.name,
        "createdAt": change.created_at.isoformat(),
        "portfolioId": None if portfolio is None else encode_id("Portfolio", portfolio),
        "initiativeId": None if initiative is None else encode_id("Initiative", initiative),
    }
