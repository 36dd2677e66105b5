"""The dependency map of a portfolio, and what it says of single initiatives."""
