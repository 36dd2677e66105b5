"""``stepchange rank --explain``: one initiative, its terms, and why the next one above is above it."""

from typing import Any

from api.commands.console import say, show_table
from domain.errors import NotFound
from domain.ranking import RankedPortfolio
from domain.ranking.changes import RankChanges, swap_changes
from domain.ranking.comparison import RankComparison, RankReason, compare
from domain.ranking.levers import ChangeObstacle, RankChange
from domain.snapshot import View

_WHY = {
    RankReason.SCORE: "its score is greater",
    RankReason.TIE_BREAK: "nothing but the order of their ids: they are equal",
    RankReason.UNRANKED: "this one can't be ranked: it has no score",
    RankReason.DEPENDENCY: "this one has to wait for it",
    RankReason.BLOCK: "the block that it stands in is worth more per unit of size",
    RankReason.WITHIN_BLOCK: "they stand in one block, inside which this order delays least",
    RankReason.SOFT_DEPENDENCY: "a soft dependency is cheaper to honour than to break",
    RankReason.OVERRIDE: "ranks are set by hand",
}
_OBSTACLES = {
    ChangeObstacle.NO_EFFECT: "no effect",
    ChangeObstacle.NO_WEIGHT: "no weight",
    ChangeObstacle.OUT_OF_RANGE: "out of range",
    ChangeObstacle.MISSING: "not rated",
}


def index_named(ranking: RankedPortfolio, title: str) -> int:
    """The ranked initiative with a title or external id, whatever the case; or the only one that begins so.

    Raises
    ------
    NotFound
        When there is none, or more than one to choose from.
    """
    rows = [ranking.columns.rows[position] for position in ranking.scored.positions]
    wanted = title.casefold()
    for found in (
        [
            at
            for at, row in enumerate(rows)
            if wanted in (row.title.casefold(), (row.external_id or "").casefold())
        ],
        [at for at, row in enumerate(rows) if row.title.casefold().startswith(wanted)],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            names = "; ".join(repr(rows[at].title) for at in found[:5])
            raise NotFound(f"{len(found)} ranked initiatives are called {title!r}: {names}.")
    raise NotFound(f"There is no ranked initiative {title!r}; give its title, or how it begins.")


def above(ranking: RankedPortfolio, index: int) -> int | None:
    """The next one above, if there is one."""
    place = int(ranking.place_of[index])
    return int(ranking.order[place - 1]) if place else None


def explanation(view: View, ranking: RankedPortfolio, index: int) -> dict[str, Any]:
    """Why the next one above is above an initiative, and what would swap them; empty for the first."""
    other = above(ranking, index)
    if other is None:
        return {}
    compared = compare(ranking, other, index)
    return {
        "above": _title(ranking, other),
        "reason": compared.reason.value,
        "scoreDifference": compared.difference,
        "path": [_title(ranking, at) for at in compared.path],
        "terms": _terms(view, compared),
        "changes": _changes(view, ranking, swap_changes(ranking, other, index)),
    }


def show_explanation(item: dict[str, Any], found: dict[str, Any]) -> None:
    """Print one item of a ranking in full."""
    rank = "not ranked" if item["rank"] is None else f"rank {item['rank']}"
    score = "unknown" if item["score"] is None else f"{item['score']:.6g}"
    say(f"{item['title']}: {rank}, score {score} (rank {item['scoreRank'] or '–'} by score alone)")
    show_table(
        ("term", "role", "state", "value", "weight", "contributes"),
        [
            (
                term["key"],
                term["role"].lower(),
                term["state"].lower().replace("_", " "),
                _number(term["raw"]),
                _number(term.get("weight")),
                _number(term["contribution"]),
            )
            for term in item["terms"]
        ],
        nothing="Nothing is known of it.",
    )
    for heading, names in (
        ("Inherits from", [f"{each['from']} ({each['worth']:.4g})" for each in item["inherits"]]),
        ("Has to wait for", item["blockedBy"]),
        ("Unlocks", item["unlocks"]),
    ):
        if names:
            say(f"{heading}: {'; '.join(names)}")
    if not found:
        say("Nothing ranks above it.")
        return
    why = _WHY[RankReason(found["reason"])]
    say(f"\n{found['above']} ranks above it: {why}.")
    if len(found["path"]) > 1:
        say(f"The chain: {' → '.join(found['path'])}")
    if found["scoreDifference"] is not None:
        show_table(
            ("term", "difference", "share"),
            [(term["key"], f"{term['amount']:+.4g}", f"{term['share']:+.0%}") for term in found["terms"]],
            nothing="Their scores are made of nothing that differs.",
        )
        say(f"In all {found['scoreDifference']:+.4g}.")
    changes = found["changes"]["changes"]
    possible = [change for change in changes if change["obstacle"] is None]
    if possible:
        say("\nEach of these alone would swap them:")
        show_table(
            ("what", "of", "now", "change to"),
            [
                (
                    f"{change['kind']} {change['key']}",
                    change["of"] or "all",
                    _number(change["present"]),
                    _goal(change),
                )
                for change in possible
            ],
            nothing="",
        )
    elif changes:
        obstacles = ", ".join(f"{change['key']} ({change['obstacle']})" for change in changes[:5])
        say(f"\nNo single change swaps them: {obstacles}.")
    if found["changes"]["reason"]:
        say(found["changes"]["reason"])


def _title(ranking: RankedPortfolio, index: int) -> str:
    return ranking.columns.rows[int(ranking.scored.positions[index])].title


def _terms(view: View, compared: RankComparison) -> list[dict[str, Any]]:
    key_results = view.directory.key_results
    return [
        {
            "key": term.key if term.key_result is None else key_results[term.key_result].title,
            "amount": term.amount,
            "share": term.share,
        }
        for term in compared.terms
    ]


def _changes(view: View, ranking: RankedPortfolio, found: RankChanges) -> dict[str, Any]:
    def told(change: RankChange) -> dict[str, Any]:
        key = change.key
        if change.key_result is not None:
            key = f"{key} ({view.directory.key_results[change.key_result].title})"
        return {
            "kind": change.kind.value,
            "key": key,
            "of": None if change.index is None else _title(ranking, change.index),
            "present": change.present,
            "threshold": change.threshold,
            "rises": change.rises,
            "inclusive": change.inclusive,
            "obstacle": None if change.obstacle is None else _OBSTACLES[change.obstacle],
        }

    return {"changes": [told(change) for change in found.changes], "reason": found.reason}


def _goal(change: dict[str, Any]) -> str:
    if change["inclusive"]:
        return f"{_number(change['threshold'])} or {'more' if change['rises'] else 'less'}"
    return f"{'more' if change['rises'] else 'less'} than {_number(change['threshold'])}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"
