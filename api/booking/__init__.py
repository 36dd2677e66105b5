"""Booked time in the schema."""
