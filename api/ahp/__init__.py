"""Weights from judgements in pairs, in the schema."""
