"""Benefits of initiatives in the schema."""
