"""Vocabularies of booked time."""

from api.enums import described
from domain.commands.booking import BookingUnit

__all__ = ["BookingUnit"]

described(
    BookingUnit,
    "What booked time is given in; it is kept in person-weeks.",
    {
        "PERSON_WEEKS": "Person-weeks of five working days.",
        "DAYS": "Working days: five are a person-week.",
        "HOURS": "Hours: five times `hoursPerDay` of the capacity settings are a person-week.",
    },
)
