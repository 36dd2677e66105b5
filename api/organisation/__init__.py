"""The organisation and its viewer in the schema."""
