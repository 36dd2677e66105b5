"""Cost of delay in the schema."""
