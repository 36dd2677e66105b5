"""Measurements of KPIs in the schema."""
