"""Which instrument, when: the adviser in the schema."""
