"""Contributions to key results in the schema."""
