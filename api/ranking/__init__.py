"""Ranked portfolios in the schema."""
