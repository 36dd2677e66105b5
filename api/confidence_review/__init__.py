"""Confidence reviews in the schema."""
