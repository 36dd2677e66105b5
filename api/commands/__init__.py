"""The commands of ``stepchange``, one module per noun."""
