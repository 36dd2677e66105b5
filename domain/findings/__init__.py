"""Health findings about objectives, key results and KPIs: advice with stable codes, thresholds and dismissals."""
