"""The codes of health findings: stable names, what each says in a few words, and what to do about it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Severity(StrEnum):
    """How much a finding matters, the least first."""

    INFO = "info"
    WARN = "warn"
    STRONG = "strong"


class FindingCode(StrEnum):
    """What was found; a code never changes its meaning."""

    TOO_MANY_OBJECTIVES = "too_many_objectives"
    TOO_FEW_KEY_RESULTS = "too_few_key_results"
    TOO_MANY_KEY_RESULTS = "too_many_key_results"
    KEY_RESULT_IS_ACTIVITY = "key_result_is_activity"
    KEY_RESULT_KEEPS_LEVEL = "key_result_keeps_level"
    KEY_RESULT_WITHOUT_VALUES = "key_result_without_values"
    CHECK_IN_OVERDUE = "check_in_overdue"
    OBJECTIVE_WITHOUT_INITIATIVE = "objective_without_initiative"
    KEY_RESULT_WITHOUT_INITIATIVE = "key_result_without_initiative"
    OBJECTIVE_WITHOUT_PARENT = "objective_without_parent"
    FULLY_REACHED_TOO_OFTEN = "fully_reached_too_often"
    SINGLE_METRIC_WITHOUT_COUNTER = "single_metric_without_counter"
    TOO_MANY_KPIS_OF_TEAM = "too_many_kpis_of_team"
    TOO_MANY_KPIS_OF_PROCESS = "too_many_kpis_of_process"
    KPI_NOT_LINKED = "kpi_not_linked"
    KPI_WITHOUT_DECISION = "kpi_without_decision"
    KPIS_OVERLAP = "kpis_overlap"
    KPI_INPUT_ONLY = "kpi_input_only"
    KPI_MEASURED_TOO_RARELY = "kpi_measured_too_rarely"
    KPI_MEASURED_TOO_OFTEN = "kpi_measured_too_often"
    KPI_AGAINST_KEY_RESULT = "kpi_against_key_result"
    KEY_RESULTS_AGAINST_EACH_OTHER = "key_results_against_each_other"


class CodeText(NamedTuple):
    """What a code says in a few words, and what to do about it."""

    title: str
    what_to_do: str


CODE_TEXTS: Mapping[FindingCode, CodeText] = MappingProxyType(
    {
        FindingCode.TOO_MANY_OBJECTIVES: CodeText(
            "Too many objectives of a team in a cycle",
            "Keep the few that matter most in this cycle; carry the others over or drop them.",
        ),
        FindingCode.TOO_FEW_KEY_RESULTS: CodeText(
            "Too few key results",
            "Add evidence from another side, so that reaching the one without the other is noticed.",
        ),
        FindingCode.TOO_MANY_KEY_RESULTS: CodeText(
            "Too many key results",
            "Keep those without which the objective would not be reached, or split the objective.",
        ),
        FindingCode.KEY_RESULT_IS_ACTIVITY: CodeText(
            "Key result is an activity",
            "Ask what will be different when it is done, and measure that; make the activity an initiative.",
        ),
        FindingCode.KEY_RESULT_KEEPS_LEVEL: CodeText(
            "Key result keeps a level",
            "Watch the level as a KPI; a key result says how it is to change.",
        ),
        FindingCode.KEY_RESULT_WITHOUT_VALUES: CodeText(
            "Key result without start or target",
            "Measure where it stands today and agree on a target; until then its progress is unknown.",
        ),
        FindingCode.CHECK_IN_OVERDUE: CodeText(
            "No check-in within the rhythm",
            "Check in with value and confidence, or drop the key result if nobody looks at it any more.",
        ),
        FindingCode.OBJECTIVE_WITHOUT_INITIATIVE: CodeText(
            "No initiative contributes to the objective",
            "Say which initiatives are to move its key results, or put the objective off until somebody works on it.",
        ),
        FindingCode.KEY_RESULT_WITHOUT_INITIATIVE: CodeText(
            "No initiative contributes to the key result",
            "Say which initiative is to move it; its siblings have one.",
        ),
        FindingCode.OBJECTIVE_WITHOUT_PARENT: CodeText(
            "Objective without a parent",
            "Connect it with the objective above that it serves, or ask whether it is worth its capacity.",
        ),
        FindingCode.FULLY_REACHED_TOO_OFTEN: CodeText(
            "Aspirational objectives are always reached",
            "Aim higher: of an aspirational objective 0.6 to 0.7 is healthy; or call them committed.",
        ),
        FindingCode.SINGLE_METRIC_WITHOUT_COUNTER: CodeText(
            "Single metric without a counter-metric",
            "Pair it with what could suffer when it is pushed, such as quality beside quantity.",
        ),
        FindingCode.TOO_MANY_KPIS_OF_TEAM: CodeText(
            "Too many KPIs of a team",
            "Keep three to five that somebody acts on, and retire the others.",
        ),
        FindingCode.TOO_MANY_KPIS_OF_PROCESS: CodeText(
            "Too many KPIs of a process",
            "Keep three to five that somebody acts on, and retire the others.",
        ),
        FindingCode.KPI_NOT_LINKED: CodeText(
            "KPI is not linked to any objective",
            "Link it to the objective that it stands behind, or ask who would miss it.",
        ),
        FindingCode.KPI_WITHOUT_DECISION: CodeText(
            "KPI without a decision",
            "Decide something by it in the next operations review, or retire it.",
        ),
        FindingCode.KPIS_OVERLAP: CodeText(
            "KPIs that say the same",
            "Keep the one that is easier to act on, and retire the other.",
        ),
        FindingCode.KPI_INPUT_ONLY: CodeText(
            "Input metric only",
            "Add a KPI for what comes out of it: effort alone says nothing about health.",
        ),
        FindingCode.KPI_MEASURED_TOO_RARELY: CodeText(
            "KPI is measured too rarely",
            "Measure more often: between two measurements it can go from healthy to red.",
        ),
        FindingCode.KPI_MEASURED_TOO_OFTEN: CodeText(
            "KPI is measured more often than it moves",
            "Measure less often, or choose a measure that reacts.",
        ),
        FindingCode.KPI_AGAINST_KEY_RESULT: CodeText(
            "KPI and key result pull against each other",
            "Agree which of the two gives way, and change the standard or the target.",
        ),
        FindingCode.KEY_RESULTS_AGAINST_EACH_OTHER: CodeText(
            "Key results pull against each other",
            "Agree which of the two gives way, and change its target or drop it.",
        ),
    }
)
