"""Team demands in the schema."""
