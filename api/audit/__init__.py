"""The audit trail in the schema: what was changed, by whom and why."""
