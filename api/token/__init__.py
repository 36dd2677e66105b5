"""API tokens in the schema."""
