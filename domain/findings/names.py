"""Names of the thresholds of health findings. A leaf: imports nothing of the project."""

from enum import StrEnum


class ThresholdName(StrEnum):
    """What can be set; ``domain.findings.thresholds`` has defaults and limits."""

    OBJECTIVES_WARN = "objectives_warn"
    OBJECTIVES_STRONG = "objectives_strong"
    KEY_RESULTS_LEAST = "key_results_least"
    KEY_RESULTS_MOST = "key_results_most"
    CHECK_IN_DAYS = "check_in_days"
    CHECK_IN_STRONG_DAYS = "check_in_strong_days"
    FULLY_REACHED_SHARE = "fully_reached_share"
    FULLY_REACHED_OBJECTIVES = "fully_reached_objectives"
    FULLY_REACHED_CYCLES = "fully_reached_cycles"
    KPIS_WARN = "kpis_warn"
    KPIS_STRONG = "kpis_strong"
    DECISION_CYCLES = "decision_cycles"
    OVERLAP_CORRELATION = "overlap_correlation"
    OVERLAP_PERIODS = "overlap_periods"
    CADENCE_MEASUREMENTS = "cadence_measurements"
    CADENCE_STEP = "cadence_step"
    CADENCE_FLAT = "cadence_flat"
