"""What objectives and KPIs were at a past time, rebuilt from the audit trail and the insert-only series."""
