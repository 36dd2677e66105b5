"""Dependencies in the schema."""
