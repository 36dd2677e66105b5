"""From cells to records: what a line says about one initiative, with everything that is wrong with it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from domain.commands.base import MinorUnits, Name, Text, Title, Weeks
from domain.commands.cost_of_delay import Amount, WeeksOrNone
from domain.enums import InitiativeState, UrgencyProfile
from domain.interchange import lists
from domain.interchange.records import Demand, ExpectedChange, InitiativeRecord, Rating, Refused
from domain.interchange.values import (
    Cell,
    CellError,
    MoneyUnit,
    Notation,
    day,
    exact,
    figure,
    fitting,
    flag,
    in_order,
    minor_units,
    money_unit,
    points,
    shown,
    text,
)

T = TypeVar("T")

_REFERENCES = ("team", "category", "owner", "sponsor")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """The cells of a line by field, and what was found wrong with them.

    ``compound`` are the fields of families and of lists' parts.
    """

    cells: Mapping[str, Cell]
    compound: tuple[str, ...]
    notation: Notation
    money: MoneyUnit | None
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def read(self, name: str, parse: Callable[[Cell], T]) -> T | None:
        """What a field's cell says; None when it is absent, empty or faulty."""
        if name not in self.cells:
            return None
        return self.attempt(name, lambda: parse(self.cells[name]))

    def attempt(self, name: str, parse: Callable[[], T]) -> T | None:
        """The outcome, or None with the problem noted under the field's name."""
        try:
            return parse()
        except CellError as error:
            self.problems.append(f"{name}: {error}")
            return None

    def family(self, prefix: str) -> dict[str, Cell]:
        """Cells of a family's fields, by what follows its prefix."""
        return {
            name.removeprefix(prefix): self.cells[name] for name in self.compound if name.startswith(prefix)
        }

    def listed(self, name: str) -> Cell:
        """A list field's cell, put together from its items' fields if those are given instead.

        Raises
        ------
        CellError
            When both are given, or don't fit together.
        """
        items = self.family(f"{name}.")
        if not items:
            return self.cells.get(name)
        if name in self.cells:
            raise CellError(f"is given twice, also by {', '.join(f'{name}.{key}' for key in items)}")
        return lists.zipped(items)

    def gives(self, name: str) -> bool:
        """Whether a list field is given, whole or by its items' fields."""
        return name in self.cells or any(key.startswith(f"{name}.") for key in self.compound)


def read_initiative(
    number: int, cells: Mapping[str, Cell], *, notation: Notation, money: MoneyUnit | None
) -> InitiativeRecord | Refused:
    """The record of a line, or everything that is wrong with it."""
    compound = tuple(name for name in cells if ":" in name or "." in name)
    line = _Line(cells=cells, compound=compound, notation=notation, money=money)
    external_id = line.read("external_id", lambda cell: _optional(Name, cell))
    if external_id is None and not line.problems:
        line.problems.append("external_id: is empty; every line needs one")
    record = InitiativeRecord(
        line=number,
        external_id=external_id or "",
        plain=_plain(line),
        references=_references(line),
        state=line.read("state", _state),
        demands=_demands(line),
        demands_are_all=line.gives("demand"),
        ratings=_ratings(line),
        contributions=_contributions(line),
        contributions_are_all=line.gives("contributions"),
        cost_of_delay=_cost_of_delay(line),
        waits=_waits(line),
        warnings=tuple(line.warnings),
    )
    if line.problems:
        return Refused(line=number, name=external_id, reasons=tuple(line.problems))
    return record


def _optional(kind: Any, cell: Cell) -> Any:
    plain = text(cell)
    return None if plain is None else fitting(kind, plain)


def _plain(line: _Line) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    if "title" in line.cells:
        title = line.read("title", lambda cell: _optional(Title, cell))
        if title is None and not any(problem.startswith("title: ") for problem in line.problems):
            line.problems.append("title: is empty")
        plain["title"] = title
    if "description" in line.cells:
        plain["description"] = line.read("description", lambda cell: fitting(Text, text(cell) or ""))
    if "duration_weeks" in line.cells:
        duration = line.attempt("duration_weeks", lambda: _points(line, "duration_weeks", Weeks))
        for point, weeks in zip(("low", "likely", "high"), duration or (None, None, None), strict=True):
            plain[f"duration_weeks_{point}"] = weeks
    if "cost" in line.cells:
        plain |= line.attempt("cost", lambda: _cost(line)) or {}
    for name in ("earliest_start", "deadline"):
        if name in line.cells:
            plain[name] = line.read(name, lambda cell: day(cell, line.notation))
    mandatory = line.read("mandatory", flag)
    if mandatory is not None:
        plain["mandatory"] = mandatory
    return plain


def _points(line: _Line, name: str, kind: Any) -> tuple[float | None, float | None, float | None]:
    low, likely, high = points(line.cells[name], line.notation)
    if f"{name}_low" in line.cells:
        low = exact(line.cells[f"{name}_low"], line.notation)
    if f"{name}_high" in line.cells:
        high = exact(line.cells[f"{name}_high"], line.notation)
    found = in_order(
        *(None if point is None else fitting(kind, float(point)) for point in (low, likely, high))
    )
    return found or (None, None, None)


def _unit(line: _Line, name: str) -> MoneyUnit:
    given = line.cells.get(f"{name}_unit")
    unit = money_unit(given) or line.money
    if unit is None:
        raise CellError(
            f"counts no known money: say which with --money-unit, such as --money-unit “GBP m”, or by a column"
            f" {name}_unit"
        )
    return unit


def _cost(line: _Line) -> dict[str, Any]:
    amount = exact(line.cells["cost"], line.notation)
    if amount is None:
        return {"cost_minor": None, "cost_currency": None}
    unit = _unit(line, "cost")
    return {"cost_minor": minor_units(amount, unit, MinorUnits), "cost_currency": unit.currency}


def _references(line: _Line) -> dict[str, str | None]:
    return {
        name: line.read(name, lambda cell: _optional(Name, cell))
        for name in _REFERENCES
        if name in line.cells
    }


def _state(cell: Cell) -> InitiativeState | None:
    plain = text(cell)
    if plain is None:
        return None
    if plain.casefold() not in set(InitiativeState):
        raise CellError(
            f"{shown(plain)} is no state; they are {', '.join(InitiativeState)}. Translate it, as in --value"
            f" “state:{plain}=approved”"
        )
    return InitiativeState(plain.casefold())


def _demands(line: _Line) -> tuple[Demand, ...] | None:
    single = line.family("demand:")
    if line.gives("demand"):
        if single:
            line.problems.append(
                f"demand: is given twice, also by {', '.join(f'demand:{key}' for key in single)}"
            )
        given = (
            line.attempt("demand", lambda: lists.demands(line.listed("demand") or [], line.notation)) or ()
        )
        for one in given:
            if one.person_weeks is None:
                line.warnings.append(f"demand: what {one.team} has to give is unknown, and not stored")
        return given
    if not single:
        return None
    found = (
        line.attempt(f"demand:{name}", lambda: lists.demand(name, cell, line.notation))  # noqa: B023 - called at once
        for name, cell in single.items()
    )
    return tuple(one for one in found if one is not None)


def _ratings(line: _Line) -> dict[str, Rating | None]:
    ratings: dict[str, Rating | None] = {}
    if line.cells.get("scores") is not None:
        ratings |= line.read("scores", lambda cell: lists.ratings(cell, line.notation)) or {}
    for key in line.family("score:"):
        if key in ratings:
            line.problems.append(f"score:{key}: is given twice, also in scores")
        ratings[key] = line.read(f"score:{key}", lambda cell: lists.rating(cell, line.notation))
    return ratings


def _contributions(line: _Line) -> dict[str, ExpectedChange | None] | None:
    single = line.family("contribution:")
    if line.gives("contributions"):
        if single:
            line.problems.append("contributions: is given twice, also by columns of single key results")
        return line.attempt(
            "contributions", lambda: lists.expected_changes(line.listed("contributions") or [], line.notation)
        )
    if not single:
        return None
    return {
        name: line.read(f"contribution:{name}", lambda cell: lists.expected_change(name, cell, line.notation))  # noqa: B023 - called at once
        for name in single
    }


def _cost_of_delay(line: _Line) -> dict[str, Any] | None:
    if "cost_of_delay" not in line.cells:
        return None
    return line.attempt("cost_of_delay", lambda: _delay(line))


def _delay(line: _Line) -> dict[str, Any]:
    """What is said, by column of the table; a likely rate of None says that the cost of delay is unknown."""
    name = "cost_of_delay"
    rates = points(line.cells[name], line.notation)
    given: dict[str, Any] = {"rate_minor_per_week_likely": None}
    if rates[1] is None and rates != (None, None, None):
        raise CellError("the likely rate is missing beside the low or high one")
    if rates[1] is not None:
        unit = _unit(line, name)
        low, likely, high = (None if rate is None else minor_units(rate, unit, Amount) for rate in rates)
        in_order(low, likely, high)
        given = {
            "rate_minor_per_week_low": low,
            "rate_minor_per_week_likely": likely,
            "rate_minor_per_week_high": high,
            "currency": unit.currency,
        }
        if f"{name}_step" in line.cells:
            step = exact(line.cells[f"{name}_step"], line.notation)
            given["step_minor"] = None if step is None else minor_units(step, unit, Amount)
    if f"{name}_profile" in line.cells:
        given["profile"] = line.read(f"{name}_profile", _profile)
    if f"{name}_deadline" in line.cells:
        given["deadline"] = line.read(f"{name}_deadline", lambda cell: day(cell, line.notation))
    for parameter, kind in (("ramp_weeks", WeeksOrNone), ("life_weeks", Weeks), ("peak_week", WeeksOrNone)):
        if f"{name}_{parameter}" in line.cells:
            given[parameter] = line.read(
                f"{name}_{parameter}",
                lambda cell: figure(cell, line.notation, kind),  # noqa: B023 - called at once
            )
    return given


def _profile(cell: Cell) -> UrgencyProfile | None:
    plain = text(cell)
    if plain is None:
        return None
    named = plain.casefold().replace(" ", "_").replace("-", "_")
    if named not in set(UrgencyProfile):
        raise CellError(
            f"{shown(plain)} is no urgency profile; they are {', '.join(UrgencyProfile)}. Translate it, as in"
            f" --value “cost_of_delay_profile:{plain}=linear”"
        )
    return UrgencyProfile(named)


def _waits(line: _Line) -> Any:
    if not line.gives("depends_on"):
        return None
    return line.attempt("depends_on", lambda: lists.waits(line.listed("depends_on") or [], line.notation))
