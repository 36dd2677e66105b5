"""Set-based reads, one module per noun."""
