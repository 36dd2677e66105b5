"""Plans of a portfolio within capacity: what to fund, and when it runs."""

from domain.planning.building import Surroundings, planning_input
from domain.planning.encoding import decode, encode, fingerprint
from domain.planning.input import Names, PlanningInput, PlanningSettings
from domain.planning.tables import (
    AlternativeGroup,
    BookedTable,
    CapacityTable,
    PolicyTable,
    ResourceKey,
    Share,
)

__all__ = [
    "AlternativeGroup",
    "BookedTable",
    "CapacityTable",
    "Names",
    "PlanningInput",
    "PlanningSettings",
    "PolicyTable",
    "ResourceKey",
    "Share",
    "Surroundings",
    "decode",
    "encode",
    "fingerprint",
    "planning_input",
]
