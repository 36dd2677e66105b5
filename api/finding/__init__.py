"""Health findings in the schema: lists, thresholds, dismissals."""
