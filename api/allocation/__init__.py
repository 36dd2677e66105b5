"""Allocation policies in the schema."""
