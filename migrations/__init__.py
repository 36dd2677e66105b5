"""Alembic migrations of the Stepchange schema."""
