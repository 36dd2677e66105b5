"""How much teams can do: people, leave, focus, stated figures, and what is committed already."""
