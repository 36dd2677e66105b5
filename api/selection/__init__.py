"""Selections in the schema: what a portfolio can fund in a cycle, and why not more."""
