"""Enum of benefits."""

from api.enums import described
from domain.enums import BenefitMeasure

__all__ = ["BenefitMeasure"]

described(
    BenefitMeasure,
    "What a benefit is counted in.",
    {
        "MONEY": "Money, in minor units of one currency.",
        "KEY_RESULT": "The unit of a key result.",
        "KPI": "The unit of a KPI.",
    },
)
