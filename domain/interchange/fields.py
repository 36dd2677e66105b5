"""The fields that a file of initiatives, or of dependencies, can fill; docs/import.md shows these tables."""

from typing import NamedTuple

from domain.enums import DependencyKind, InitiativeState, UrgencyProfile
from domain.interchange.vocabulary import Vocabulary


class Field(NamedTuple):
    """A field: what it means, how it is written, an example as it stands in a CSV cell."""

    name: str
    meaning: str
    form: str
    example: str


_ESTIMATE = "figure, or low..likely..high"
_MONEY = "figure in the unit"
_UNIT = "currency, alone or with k, m or bn"

INITIATIVE_FIELDS = (
    Field("external_id", "what identifies the initiative in the file; required", "text", "CRM-12"),
    Field("title", "name; required for a new initiative", "text", "One customer record"),
    Field("description", "what it is about", "text", "Merge the four registers."),
    Field("state", "where it is in its life cycle", ", ".join(InitiativeState), "active"),
    Field("team", "team that leads it", "name of a team", "Data Platform"),
    Field("category", "allocation category that pays for it", "name of a category", "Strategic bets"),
    Field("owner", "who is responsible", "a member's email address", "ana@example.org"),
    Field("sponsor", "who stands up for it", "a member's email address", "bo@example.org"),
    Field("duration_weeks", "weeks of work from start to finish", _ESTIMATE, "6..8..13"),
    Field("duration_weeks_low", "low estimate, in a column of its own", "figure", "6"),
    Field("duration_weeks_high", "high estimate, in a column of its own", "figure", "13"),
    Field("cost", "cost in money", _MONEY, "1.2"),
    Field("cost_unit", "what the cost counts; --money-unit for all lines", _UNIT, "EUR m"),
    Field("earliest_start", "first day on which it can start", "date", "2026-12-01"),
    Field("deadline", "day by which it has to be finished", "date", "2027-03-31"),
    Field("mandatory", "whether it has to be done, such as for a regulator", "yes or no", "no"),
    Field(
        "demand",
        "person-weeks per team; replaces all demands",
        f"team [skill]=estimate; …, with the estimate as {_ESTIMATE}",
        "Data Platform=4; Mobile [design]=1..2..4",
    ),
    Field("demand:TEAM", "person-weeks of one team (TEAM [skill]); leaves others", _ESTIMATE, "1..2..4"),
    Field(
        "scores", "ratings by criterion, as the importing member's own", "JSON object by key", '{"reach": 7}'
    ),
    Field("score:KEY", "rating on the criterion with this key", _ESTIMATE, "7"),
    Field(
        "contributions",
        "expected changes of key results; replaces all contributions",
        "key result=change @ confidence; …",
        "Churn=-1.5 @ 60%",
    ),
    Field(
        "contribution:KEY RESULT", "expected change of one key result", "change @ confidence", "-1.5 @ 60%"
    ),
    Field("cost_of_delay", "cost of a week of delay", f"{_MONEY}; {_ESTIMATE}", "12..20..35"),
    Field("cost_of_delay_unit", "what it counts; --money-unit for all lines", _UNIT, "EUR k"),
    Field(
        "cost_of_delay_profile", "urgency profile; linear if unknown", ", ".join(UrgencyProfile), "fixed_date"
    ),
    Field("cost_of_delay_deadline", "deadline of fixed_date", "date", "2027-03-31"),
    Field("cost_of_delay_step", "lost at once when the deadline passes", _MONEY, "250"),
    Field("cost_of_delay_ramp_weeks", "weeks until an intangible cost is in full", "figure", "26"),
    Field("cost_of_delay_life_weeks", "weeks until the end of life", "figure", "52"),
    Field("cost_of_delay_peak_week", "week of the peak", "figure", "12"),
    Field(
        "depends_on",
        "initiatives that have to be finished first (hard, finish to start); replaces these",
        "external ids; …",
        "CRM-3; CRM-7",
    ),
)

_COST_OF_DELAY = tuple(field.name for field in INITIATIVE_FIELDS if field.name.startswith("cost_of_delay_"))

INITIATIVE_VOCABULARY = Vocabulary(
    fields=tuple(field.name for field in INITIATIVE_FIELDS if ":" not in field.name),
    required=("external_id",),
    families=("demand:", "score:", "contribution:"),
    members={
        "demand": ("team", "skill", "person_weeks"),
        "contributions": ("key_result", "delta", "confidence"),
        "depends_on": ("external_id", "kind", "hard", "lag_weeks"),
    },
    companions={
        "cost_unit": "cost",
        "duration_weeks_low": "duration_weeks",
        "duration_weeks_high": "duration_weeks",
        **dict.fromkeys(_COST_OF_DELAY, "cost_of_delay"),
    },
)

DEPENDENCY_FIELDS = (
    Field("from", "the initiative that waits; required", "external id", "CRM-12"),
    Field("to", "the initiative that it waits for; required", "external id", "CRM-3"),
    Field(
        "kind",
        "what waits for what; finish_to_start if unknown, and depends_on is read as that",
        ", ".join(DependencyKind),
        "finish_to_start",
    ),
    Field("hard", "whether it must be held; yes for what constrains, if unknown", "yes or no", "yes"),
    Field("lag_weeks", "weeks between the two; may be negative", "figure", "2"),
    Field("note", "why", "text", "needs the new register"),
)

DEPENDENCY_VOCABULARY = Vocabulary(
    fields=tuple(field.name for field in DEPENDENCY_FIELDS), required=("from", "to")
)
