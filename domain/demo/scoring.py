"""How Larkmere scores: six criteria that people rate, one that is counted, and the models made of them."""

from domain.demo.content import Model, Yardstick
from domain.enums import CriterionDirection, CriterionRole, CriterionSource, MissingPolicy, ScoringMethod

CRITERIA = (
    Yardstick(
        key="customer_value",
        name="Value to customers",
        description="What changes for customers when it is there.",
        anchors={
            0: "Nobody notices.",
            3: "Some find one thing easier.",
            6: "Many would miss it.",
            10: "People stay with us, or come to us, because of it.",
        },
    ),
    Yardstick(
        key="time_criticality",
        name="Time criticality",
        description="What is lost by doing it later.",
        anchors={
            0: "Next year is as good.",
            5: "Each month costs something.",
            10: "After a certain day it is worth nothing, or costs a fine.",
        },
    ),
    Yardstick(
        key="risk_opportunity",
        name="Risk reduced or opportunity opened",
        description="What it averts, and what becomes possible through it.",
        anchors={
            0: "Nothing.",
            5: "A known risk becomes small, or one later step becomes possible.",
            10: "The licence to trade depends on it.",
        },
    ),
    Yardstick(
        key="reach",
        name="Reach",
        description="Thousands of customers who meet it in a quarter.",
        scale=(0, 900),
        anchors={0: "None.", 100: "One in nine.", 900: "Every customer."},
    ),
    Yardstick(
        key="confidence",
        name="Confidence",
        description="How well founded the expectations are.",
        anchors={
            0: "A wish.",
            3: "Somebody had this experience elsewhere.",
            7: "Our own figures say so.",
            10: "Tried and measured with our customers.",
        },
    ),
    Yardstick(
        key="ease",
        name="Ease",
        description="How little stands in the way.",
        anchors={
            0: "Nobody knows how.",
            5: "Known work, and several teams have to agree.",
            10: "One team, one week.",
        },
    ),
    Yardstick(
        key="effort",
        name="Effort",
        description="Person-weeks of all teams together, counted from the demands.",
        direction=CriterionDirection.COST,
        source=CriterionSource.EFFORT_PERSON_WEEKS,
        scale=(0, 60),
        anchors={
            2: "Two people for a week.",
            12: "A small team for a month.",
            60: "A large team for a quarter, or more.",
        },
    ),
)

_WEIGHTED = CriterionRole.WEIGHTED

MODELS = (
    Model(
        key="board",
        name="Board model",
        description="What the board ranks by. Agreed in September 2026.",
        method=ScoringMethod.WEIGHTED,
        criteria={
            "customer_value": (_WEIGHTED, 30),
            "time_criticality": (_WEIGHTED, 20),
            "risk_opportunity": (_WEIGHTED, 20),
            "confidence": (_WEIGHTED, 10),
            "effort": (_WEIGHTED, 20),
        },
        note="Effort counts as much as risk. What nobody has scored is not ranked.",
    ),
    Model(
        key="wsjf",
        name="Weighted shortest job first",
        description="Cost of delay in points by job size, as the delivery teams plan.",
        method=ScoringMethod.WSJF,
        criteria={
            "customer_value": (CriterionRole.BUSINESS_VALUE, 1),
            "time_criticality": (CriterionRole.TIME_CRITICALITY, 1),
            "risk_opportunity": (CriterionRole.RISK_OPPORTUNITY, 1),
            "effort": (CriterionRole.JOB_SIZE, 1),
        },
        note="Job size is the counted effort.",
    ),
    Model(
        key="rice",
        name="RICE for digital work",
        description="Reach, impact and confidence by effort.",
        method=ScoringMethod.RICE,
        criteria={
            "reach": (CriterionRole.REACH, 1),
            "customer_value": (CriterionRole.IMPACT, 1),
            "confidence": (CriterionRole.CONFIDENCE, 1),
            "effort": (CriterionRole.EFFORT, 1),
        },
        note="Impact is the value to customers.",
    ),
    Model(
        key="ice",
        name="ICE for a first look",
        description="Mean of impact, confidence and ease.",
        method=ScoringMethod.ICE_MEAN,
        missing=MissingPolicy.RENORMALISE,
        criteria={
            "customer_value": (CriterionRole.IMPACT, 1),
            "confidence": (CriterionRole.CONFIDENCE, 1),
            "ease": (CriterionRole.EASE, 1),
        },
        note="Good enough for twenty ideas in an hour; what is missing is left out of the mean.",
    ),
    Model(
        key="cd3",
        name="Cost of delay by duration",
        description="Pounds lost per week of delay, by weeks of work.",
        method=ScoringMethod.CD3,
        note="Takes nobody's opinion, only the figures of each initiative.",
    ),
    Model(
        key="outcome",
        name="Value by outcome",
        description="How much of what is left to do for our key results each initiative is expected to do.",
        method=ScoringMethod.VALUE_BY_OUTCOME,
        note="What only helps key results that are met already is worth nothing here.",
    ),
)
"""The first one is the portfolio's default."""
