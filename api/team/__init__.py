"""Teams in the schema."""
