"""Objectives in the schema."""
