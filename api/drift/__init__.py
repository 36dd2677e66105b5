"""Drift from the planned split of capacity in the schema."""
