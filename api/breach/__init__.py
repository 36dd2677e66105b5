"""Breaches of KPIs, and how they escalate, in the schema."""
