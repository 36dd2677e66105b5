"""Webhooks: telling other programs of changes, signed, and again until they have heard."""
