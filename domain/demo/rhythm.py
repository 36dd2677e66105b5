"""The rhythm of Larkmere's objectives: check-ins, reviews of confidence, closings, and what initiatives brought."""

from datetime import date

from domain.demo.content import Doubt, End, Gain, Said

CHECK_INS = (
    Said("calls-answered", date(2026, 2, 2), 58, 6),
    Said("calls-answered", date(2026, 3, 30), 67, 7, "The second shift has begun."),
    Said("calls-answered", date(2026, 5, 18), 76, 8),
    Said("calls-answered", date(2026, 6, 29), 82, 10),
    Said("letters-answered", date(2026, 2, 2), 31, 6),
    Said("letters-answered", date(2026, 3, 30), 38, 5, "Everybody is on the phone."),
    Said("letters-answered", date(2026, 5, 18), 47, 4),
    Said("letters-answered", date(2026, 6, 29), 52, 2, "Templates helped; the scanning line did not come."),
    Said("appointments-kept", date(2026, 3, 30), 89, 8),
    Said("appointments-kept", date(2026, 6, 29), 95, 10),
    Said("corrected-bills", date(2026, 8, 31), 3.7, 7),
    Said("corrected-bills", date(2026, 9, 28), 3.5, 6, "Most corrections begin with an estimated read."),
    Said("corrected-bills", date(2026, 10, 26), 3.3, 5),
    Said(
        "corrected-bills", date(2026, 11, 16), 3.1, 4, "Reads come too late; we wait for the data platform."
    ),
    Said("days-to-bill", date(2026, 9, 28), 5.6, 7),
    Said("days-to-bill", date(2026, 11, 16), 5.2, 6),
    Said("bill-complaints", date(2026, 9, 28), 36, 8),
    Said("bill-complaints", date(2026, 11, 16), 28, 10, "The new bill is understood."),
    Said("first-contact", date(2026, 8, 31), 62, 7),
    Said("first-contact", date(2026, 9, 28), 63, 6),
    Said("first-contact", date(2026, 10, 26), 65, 6),
    Said("first-contact", date(2026, 11, 16), 66, 7, "Case history shows in two of three channels."),
    Said("satisfaction", date(2026, 9, 28), 3.9, 6),
    Said("satisfaction", date(2026, 11, 16), 4.0, 6),
    Said("one-history", date(2026, 11, 16), 0, 8, "Letters are the last channel."),
    Said("share", date(2026, 9, 28), 20, 6),
    Said("share", date(2026, 11, 16), 21, 6),
)

REVIEWS = (
    Doubt("reachable", date(2026, 3, 31), 6, "Calls go well, letters don't."),
    Doubt("trusted-bills", date(2026, 9, 30), 6, "It hangs on when reads arrive."),
    Doubt("one-contact", date(2026, 9, 30), 7, "On its way, as long as the data team keeps its promise."),
)

ENDS = (
    End(
        objective="reachable",
        day=date(2026, 7, 3),
        retrospective=(
            "The second shift solved the calls and took the people who would have answered letters. Next time"
            " both go into one plan. Letters go on in the second half of the year."
        ),
        grade=0.6,
        reason="Half of those who wrote still waited for more than three days, whatever the mean says.",
        carried_into="h2",
    ),
    End(
        objective="appointments",
        day=date(2026, 7, 2),
        retrospective="Reached in May already: ninety-four was not much of an ambition.",
    ),
)

GAINS = (
    Gain(
        key="drills",
        initiative="LE-22",
        title="Shorter outages, and the fines that don't come",
        owner="tanaka",
        planned={date(2026, 9, 30): 40_000, date(2026, 12, 31): 40_000, date(2027, 3, 31): 40_000},
        realised={date(2026, 10, 12): 52_000, date(2026, 11, 9): 6_500},
    ),
    Gain(
        key="portal",
        initiative="LE-35",
        title="Complaints that are settled in the portal",
        description="Counted per 10,000 bills, as the key result is.",
        owner="okafor",
        key_result="bill-complaints",
        planned={date(2026, 10, 31): -3, date(2026, 12, 31): -2},
        realised={date(2026, 11, 9): -4},
    ),
    Gain(
        key="stream",
        initiative="LE-01",
        title="Estimated bills that nobody has to correct",
        owner="webb",
        planned={date(2027, month, 28): 30_000 for month in range(3, 7)},
    ),
)
