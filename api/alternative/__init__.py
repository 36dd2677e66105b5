"""Alternatives in the schema: groups of initiatives of which at most one is to be done."""
