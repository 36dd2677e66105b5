"""Entities and use cases on PostgreSQL; knows nothing of GraphQL or HTTP."""
