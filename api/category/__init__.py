"""Allocation categories in the schema."""
