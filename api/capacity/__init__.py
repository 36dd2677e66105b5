"""People, leave, focus and capacity of teams in the schema."""
