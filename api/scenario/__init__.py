"""Scenarios in the schema: what-ifs on a frozen base, solved as jobs, compared, approved or rejected."""
