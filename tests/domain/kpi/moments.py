"""The times of these tests; nothing here reads a clock."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def ago(*, days: float = 0, hours: float = 0) -> datetime:
    """A moment before ``NOW``."""
    return NOW - timedelta(days=days, hours=hours)
