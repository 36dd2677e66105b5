"""KPIs in the schema."""
