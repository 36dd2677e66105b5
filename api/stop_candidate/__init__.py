"""Stop candidates in the schema: work in flight whose case has gone."""
