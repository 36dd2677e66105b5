"""What objectives and KPIs were at a past date, in the schema."""
