"""Frontiers in the schema: what each further point of a category's share buys."""
