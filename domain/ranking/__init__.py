"""Ranked portfolios: what the engine makes of a snapshot under a scoring model."""

from domain.enums import OrderKind
from domain.ranking.criteria import CRITERION_KEYS, ScoredPortfolio, score_portfolio
from domain.ranking.order import RankedPortfolio, RankingRequest, rank_portfolio

__all__ = [
    "CRITERION_KEYS",
    "OrderKind",
    "RankedPortfolio",
    "RankingRequest",
    "ScoredPortfolio",
    "rank_portfolio",
    "score_portfolio",
]
