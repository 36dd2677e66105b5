"""Criteria and scoring models in the schema."""
