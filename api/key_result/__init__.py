"""Key results in the schema."""
