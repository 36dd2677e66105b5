"""Planning cycles in the schema."""
