"""How initiatives came to where they are. Whatever is not here is proposed and waits to be looked at."""

from domain.demo.content import Step
from domain.enums import InitiativeState

_EVALUATED = InitiativeState.EVALUATED
_APPROVED = InitiativeState.APPROVED
_ACTIVE = InitiativeState.ACTIVE
_PAUSED = InitiativeState.PAUSED
_COMPLETED = InitiativeState.COMPLETED
_STOPPED = InitiativeState.STOPPED

_LOOKED_AT = Step("bowen", _EVALUATED, "Estimated with the team and scored by three people.")
_FUNDED = Step("ashworth", _APPROVED, "Above the cut line of its bucket in the October review.")
_DEMANDED = Step("ashworth", _APPROVED, "The regulator leaves no choice.")

_evaluated = (_LOOKED_AT,)
_approved = (_LOOKED_AT, _FUNDED)

DECISIONS: dict[str, tuple[Step, ...]] = {
    "LE-01": _approved,
    "LE-02": (_LOOKED_AT, _DEMANDED),
    "LE-03": _evaluated,
    "LE-04": _evaluated,
    "LE-05": _evaluated,
    "LE-06": _evaluated,
    "LE-07": _evaluated,
    "LE-09": (*_approved, Step("bowen", _ACTIVE, "The team is complete since September.")),
    "LE-10": _evaluated,
    "LE-11": _evaluated,
    "LE-12": _approved,
    "LE-13": (*_approved, Step("bowen", _ACTIVE, "Begun with the autumn bills.")),
    "LE-14": (
        *_approved,
        Step("bowen", _ACTIVE, "Begun with the closing of the year 2025."),
        Step("ashworth", _PAUSED, "Half-hourly settlement needs the same four people until the spring."),
    ),
    "LE-15": _evaluated,
    "LE-17": (
        *_approved,
        Step("bowen", _ACTIVE, "Two designers were free in August."),
        Step("ashworth", _STOPPED, "Four in a hundred customers use a tablet, and the website serves them."),
    ),
    "LE-18": (
        _LOOKED_AT,
        Step("ashworth", _STOPPED, "It moves none of our key results, and costs a third of a million."),
    ),
    "LE-19": _approved,
    "LE-20": (_LOOKED_AT, _DEMANDED),
    "LE-21": _evaluated,
    "LE-22": (
        *_approved,
        Step("bowen", _ACTIVE, "One system a week."),
        Step("bowen", _COMPLETED, "All nine systems restored; the slowest took five hours."),
    ),
    "LE-23": _approved,
    "LE-24": _approved,
    "LE-25": (*_approved, Step("bowen", _ACTIVE, "The two serious findings first.")),
    "LE-27": _evaluated,
    "LE-28": _approved,
    "LE-29": _approved,
    "LE-31": _approved,
    "LE-32": _evaluated,
    "LE-33": _evaluated,
    "LE-35": (*_approved, Step("bowen", _ACTIVE, "Begun in July, when complaints were at their highest.")),
    "LE-36": (_LOOKED_AT, _DEMANDED),
    "LE-37": (*_approved, Step("bowen", _ACTIVE, "The round with the teams has begun.")),
    "LE-38": _approved,
    "LE-39": (
        *_approved,
        Step("bowen", _ACTIVE, "Begun with the lawyers."),
        Step("bowen", _PAUSED, "The supplier has offered new terms; they are being read."),
    ),
    "LE-40": (*_approved, Step("bowen", _ACTIVE, "The season has begun.")),
}
