"""How capacity is split between categories: versions of a portfolio's policy."""
