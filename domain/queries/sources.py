"""What can be listed: every noun's table with its row."""

from domain.models import (
    AllocationCategory,
    ApiToken,
    Criterion,
    Cycle,
    Decision,
    Dependency,
    Initiative,
    KeyResult,
    Member,
    Objective,
    Portfolio,
    RankingOverride,
    RankingPublication,
    RankingPublicationItem,
    Score,
    ScoringModel,
    Team,
)
from domain.queries.listing import Source
from domain.rows import (
    AllocationCategoryRow,
    ApiTokenRow,
    CriterionRow,
    CycleRow,
    DecisionRow,
    DependencyRow,
    InitiativeRow,
    KeyResultRow,
    MemberRow,
    ObjectiveRow,
    PortfolioRow,
    RankingOverrideRow,
    RankingPublicationItemRow,
    RankingPublicationRow,
    ScoreRow,
    ScoringModelRow,
    TeamRow,
)

MEMBERS = Source(Member, MemberRow)
API_TOKENS = Source(ApiToken, ApiTokenRow)
TEAMS = Source(Team, TeamRow)
CYCLES = Source(Cycle, CycleRow)
ALLOCATION_CATEGORIES = Source(AllocationCategory, AllocationCategoryRow)
PORTFOLIOS = Source(Portfolio, PortfolioRow)
OBJECTIVES = Source(Objective, ObjectiveRow)
KEY_RESULTS = Source(KeyResult, KeyResultRow)
INITIATIVES = Source(Initiative, InitiativeRow)
DECISIONS = Source(Decision, DecisionRow)
DEPENDENCIES = Source(Dependency, DependencyRow)
SCORES = Source(Score, ScoreRow)
CRITERIA = Source(Criterion, CriterionRow)
SCORING_MODELS = Source(ScoringModel, ScoringModelRow)
RANKING_OVERRIDES = Source(RankingOverride, RankingOverrideRow)
RANKING_PUBLICATIONS = Source(RankingPublication, RankingPublicationRow)
RANKING_PUBLICATION_ITEMS = Source(RankingPublicationItem, RankingPublicationItemRow)
