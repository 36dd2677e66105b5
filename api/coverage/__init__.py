"""Which initiatives get objectives there, and is that enough."""
