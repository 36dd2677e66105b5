"""Inputs of the use cases: validated, immutable, one module per noun."""
