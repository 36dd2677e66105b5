"""What a key result looks like by its wording, in the schema."""
