"""Initiatives in the schema."""
