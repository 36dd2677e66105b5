"""Portfolios in the schema."""
