"""Drift: what became of the planned split of capacity, and alerts when step-change work is being eaten."""
