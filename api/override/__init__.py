"""Ranks that are set by hand, in the schema."""
