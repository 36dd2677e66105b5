"""The domain's vocabularies as GraphQL enums, every value described."""

from enum import Enum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from domain.enums import (
    Ambition,
    ChangeOperation,
    CriterionDirection,
    CriterionRole,
    CriterionSource,
    CycleLevel,
    DependencyKind,
    InitiativeState,
    KeyResultDirection,
    KeyResultKind,
    MissingPolicy,
    Role,
    ScoringMethod,
    TokenScope,
    UrgencyProfile,
    WorkKind,
)

__all__ = [
    "Ambition",
    "ChangeOperation",
    "CriterionDirection",
    "CriterionRole",
    "CriterionSource",
    "CycleLevel",
    "DependencyKind",
    "InitiativeState",
    "KeyResultDirection",
    "KeyResultKind",
    "MissingPolicy",
    "Role",
    "ScoringMethod",
    "TokenScope",
    "UrgencyProfile",
    "WorkKind",
]


def described(enum: type[Enum], description: str, values: dict[str, str], *, name: str | None = None) -> None:
    """Register an enum; raises ``ValueError`` unless exactly its values are described."""
    strawberry.enum(enum, name=name, description=description)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]
    if {value.name for value in definition.values} != values.keys():
        raise ValueError(f"the values of {enum.__name__} and their descriptions differ")
    for value in definition.values:
        value.description = values[value.name]


described(
    Role,
    "What a member may do; each role includes those before it.",
    {
        "VIEWER": "Reads everything of the organisation.",
        "CONTRIBUTOR": "Proposes and describes initiatives, estimates and scores them.",
        "PLANNER": "Sets up teams, cycles, objectives, portfolios and dependencies.",
        "BOARD": "Decides: moves initiatives through their life cycle and publishes scoring models.",
        "ADMIN": "Manages the organisation, its members and its API tokens.",
    },
)
described(
    TokenScope,
    "What an API token may be used for, on top of its member's role.",
    {
        "READ": "Queries and subscriptions.",
        "WRITE": "Mutations.",
        "ADMIN": "What is about the organisation, its members and its API tokens.",
    },
)
described(
    WorkKind,
    "The kind of work that an allocation category pays for.",
    {
        "LIGHTS_ON": "Keeps today's operation at its level.",
        "STEP_CHANGE": "Creates a state that does not exist yet.",
        "PLANNING": "Planning and alignment.",
        "UNPLANNED": "A buffer for what nobody could plan.",
    },
)
described(
    CycleLevel,
    "Planning horizon of a cycle and of its objectives.",
    {"STRATEGIC": "Annual or longer.", "TACTICAL": "Quarterly or monthly."},
)
described(
    Ambition,
    "What grade an objective aims at.",
    {
        "COMMITTED": "Aims at 1.0: everything is to be reached.",
        "ASPIRATIONAL": "About 0.6 to 0.7 is healthy; always reaching 1.0 means that it was not ambitious.",
    },
)
described(
    KeyResultDirection,
    "Which way a key result's value has to move.",
    {
        "INCREASE": "From a lower start to a higher target.",
        "DECREASE": "From a higher start to a lower target.",
        "MILESTONE": "Not reached (0) or reached (1).",
    },
)
described(
    KeyResultKind,
    "Whether a key result measures an outcome or counts an activity.",
    {"OUTCOME": "A changed state of the world.", "ACTIVITY": "Something that was done."},
)
described(
    InitiativeState,
    "Where an initiative is in its life cycle.",
    {
        "PROPOSED": "Somebody wants it.",
        "EVALUATED": "Estimated and scored: ready for a decision.",
        "APPROVED": "Decided, and not yet begun.",
        "ACTIVE": "Being worked on.",
        "PAUSED": "Begun, and resting.",
        "COMPLETED": "Done.",
        "STOPPED": "Given up, with a reason.",
    },
)
described(
    DependencyKind,
    "How one initiative depends on another.",
    {
        "FINISH_TO_START": "The successor starts when the predecessor has finished.",
        "START_TO_START": "The successor starts when the predecessor has started.",
        "FINISH_TO_FINISH": "The successor finishes when the predecessor has finished.",
        "RELATES_TO": "Only informs: they have to do with each other.",
        "DUPLICATES": "Only informs: the predecessor repeats the successor.",
    },
)
described(
    ScoringMethod,
    "How a scoring model turns criteria into one score; a higher score ranks first.",
    {
        "WEIGHTED": "Σ weight · normalised value / Σ weight, on the fixed scales of the criteria: 0 to 1.",
        "WSJF": "(business value + time criticality + risk reduction or opportunity enablement) / job size.",
        "RICE": "reach · impact · confidence / effort.",
        "ICE_MEAN": "Mean of impact, confidence and ease.",
        "ICE_PRODUCT": "impact · confidence · ease.",
        "CD3": "Cost of delay per week divided by duration in weeks.",
        "VALUE_BY_OUTCOME": "Σ over contributions of share of the remaining gap · weights · confidence.",
    },
)
described(
    CriterionDirection,
    "Whether more of a criterion is better or worse.",
    {"BENEFIT": "More is better.", "COST": "More is worse."},
)
described(
    CriterionSource,
    "Where a criterion's value comes from.",
    {
        "SCORE": "People's scores: the mean over raters.",
        "DURATION_WEEKS": "The initiative's likely duration, in weeks.",
        "EFFORT_PERSON_WEEKS": "The sum of the initiative's likely team demands, in person-weeks.",
        "COST_OF_DELAY": "The likely cost of delay, in major units of its currency per week.",
        "VALUE_BY_OUTCOME": "The initiative's contributions to key results.",
    },
)
described(
    CriterionRole,
    "The place of a criterion in its method's formula.",
    {
        "WEIGHTED": "One of the weighted criteria.",
        "BUSINESS_VALUE": "WSJF: user and business value.",
        "TIME_CRITICALITY": "WSJF: how value decays with time.",
        "RISK_OPPORTUNITY": "WSJF: risk reduction or opportunity enablement.",
        "JOB_SIZE": "WSJF: the divisor.",
        "REACH": "RICE: how many are reached in a period.",
        "IMPACT": "RICE and ICE: effect on each of them.",
        "CONFIDENCE": "RICE and ICE: how sure the estimates are.",
        "EFFORT": "RICE: the divisor.",
        "EASE": "ICE: how easy it is.",
    },
)
described(
    MissingPolicy,
    "What a model does with a criterion that nobody has scored yet; it is never taken as 0.",
    {
        "EXCLUDE": "The score is null, and the initiative comes after all that have one.",
        "WORST": "The worst end of the criterion's scale is assumed, and said so.",
        "RENORMALISE": "The weights of the criteria that are present are scaled up, and said so.",
    },
)
described(
    UrgencyProfile,
    "How the cost of delay depends on the finish date.",
    {
        "LINEAR": "The same in every week.",
        "FIXED_DATE": "Little until a deadline, then a step or a steep slope.",
        "SHORT_LIFE_PEAK_AFFECTED": "A short life: delay lowers the peak and the time that is left.",
        "LONG_LIFE_PEAK_AFFECTED": "A long life: delay lowers the peak for good.",
        "LONG_LIFE_PEAK_NOT_AFFECTED": "A long life: delay postpones the same peak.",
        "INTANGIBLE": "Nothing now, more and more later.",
    },
)
described(
    ChangeOperation,
    "What happened to an entry.",
    {"INSERT": "It was created.", "UPDATE": "It was changed.", "DELETE": "It was deleted."},
)
