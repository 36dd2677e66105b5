"""People's scores in the schema."""
