"""Reviews in the schema: their calendar, those that were held, and what each kind looks at."""
