"""KPIs: health of ongoing processes against standards, their measurements, and what follows from them."""
