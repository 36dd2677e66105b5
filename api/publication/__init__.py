"""Published rankings in the schema: what a board goes by, its history, and how two of them differ."""
