"""Scenarios: named what-ifs on a frozen base, solved as jobs, compared, and approved or rejected."""
