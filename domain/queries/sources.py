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
