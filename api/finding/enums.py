"""Enums of health findings."""

from api.enums import described
from domain.findings.codes import CODE_TEXTS, FindingCode, Severity
from domain.findings.finding import SubjectKind
from domain.findings.names import ThresholdName
from domain.findings.thresholds import RULES, ThresholdUnit

__all__ = ["FindingCode", "Severity", "SubjectKind", "ThresholdName", "ThresholdUnit"]

described(
    Severity,
    "How much a finding matters.",
    {
        "INFO": "Worth knowing.",
        "WARN": "Worth a decision.",
        "STRONG": "Worth a decision soon.",
    },
    name="FindingSeverity",
)
described(
    FindingCode,
    "What was found. Advice, never a refusal; a code never changes its meaning.",
    {code.name: f"{text.title}. What to do: {text.what_to_do}" for code, text in CODE_TEXTS.items()},
)
described(
    SubjectKind,
    "What a finding is about.",
    {
        "TEAM": "A team, in a cycle if one is named.",
        "OBJECTIVE": "An objective.",
        "KEY_RESULT": "A key result.",
        "KPI": "A KPI.",
        "PROCESS": "A process, as its KPIs name it.",
    },
    name="FindingSubjectKind",
)
described(
    ThresholdUnit,
    "What a threshold counts.",
    {
        "COUNT": "How many; a whole number.",
        "DAYS": "Days; a whole number.",
        "CYCLES": "Cycles; a whole number.",
        "SHARE": "A share, 0 to 1.",
        "RATIO": "A multiple of the way from a KPI's healthy limit to its red one.",
        "CORRELATION": "The absolute value of Pearson's coefficient, 0 to 1.",
    },
    name="FindingThresholdUnit",
)
described(
    ThresholdName,
    "A threshold of health findings, which an organisation can set.",
    {name.name: f"{rule.description} Default {rule.default:g}." for name, rule in RULES.items()},
    name="FindingThresholdName",
)
