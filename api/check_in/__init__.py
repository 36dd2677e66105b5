"""Check-ins in the schema."""
