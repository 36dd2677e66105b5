"""The in-memory read model: immutable snapshots of portfolios, kept fresh through the change log."""

from domain.snapshot.columns import Demands, Edges, KeyResultShares, PortfolioColumns
from domain.snapshot.directory import Directory, ModelVersion
from domain.snapshot.store import SnapshotStore, View
from domain.snapshot.version import Version

__all__ = [
    "Demands",
    "Directory",
    "Edges",
    "KeyResultShares",
    "ModelVersion",
    "PortfolioColumns",
    "SnapshotStore",
    "Version",
    "View",
]
