"""Changes in the schema: what happened since a version, and hearing of it."""
