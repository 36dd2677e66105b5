"""Reviews: their calendar, those that were held with what was decided, and what each kind looks at."""
