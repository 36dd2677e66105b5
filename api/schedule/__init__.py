"""Schedules in the schema: when funded work runs, and why then."""
