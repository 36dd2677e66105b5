"""The dependency map of a portfolio: what the engine makes of a snapshot's dependencies."""

from domain.dependency_map.mapping import MappedPortfolio, MapRequest, count_through, map_portfolio

__all__ = ["MapRequest", "MappedPortfolio", "count_through", "map_portfolio"]
