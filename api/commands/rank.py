"""``stepchange rank``: a portfolio's ranking with its reasons, in the terminal."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import typer

from api.commands.choices import AsJson, OrganisationSlug, PortfolioName, day, portfolio_named
from api.commands.console import progress, show_json, show_table
from api.commands.rank_agreement import agreement, show_agreement
from api.commands.rank_explanation import explanation, index_named, show_explanation
from api.commands.rank_robustness import robustness, show_robustness
from api.commands.session import as_administrator
from api.settings import load_settings
from domain.actor import Actor
from domain.db import Database
from domain.enums import ScoringMethod
from domain.errors import NotFound
from domain.ranking import OrderKind, RankedPortfolio, RankingRequest, rank_portfolio
from domain.ranking.agreement import compare_rankings
from domain.ranking.robustness import RobustnessRequest, ranking_robustness
from domain.snapshot import SnapshotStore, View
from prioritisation.problem import Role
from prioritisation.result import Term, TermState

_NAMED = 2
"""How many neighbours and lenders a row of the table names."""


def rank_command(
    portfolio: PortfolioName = None,
    model: Annotated[
        str | None, typer.Option(help="Name of a scoring model; left out the portfolio's default, or CD3.")
    ] = None,
    method: Annotated[ScoringMethod | None, typer.Option(help="A method instead of a model.")] = None,
    order: Annotated[
        OrderKind, typer.Option(help="How to put initiatives in order.")
    ] = OrderKind.DEPENDENCY_AWARE,
    top: Annotated[int, typer.Option(min=1, max=100_000, help="How many to show.")] = 25,
    as_of: Annotated[
        str | None,
        typer.Option(help="Day that costs of delay are counted from, YYYY-MM-DD; today if left out."),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            help="Title of one initiative, or how it begins: show its terms in full, and what would lift it by one."
        ),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(help="Name of another model or method to rank by as well; up to five times."),
    ] = None,
    robust: Annotated[
        bool,
        typer.Option("--robust", help="Vary weights and estimates, and show how far ranks can be trusted."),
    ] = False,
    organisation: OrganisationSlug = None,
    as_json: AsJson = False,
) -> None:
    """Rank a portfolio and say why."""
    if model is not None and method is not None:
        raise typer.BadParameter("Give --model or --method, not both.")
    if (explain is not None) + bool(compare) + robust > 1:
        raise typer.BadParameter("Give one of --explain, --compare and --robust.")
    today = day(as_of)

    async def work(database: Database, actor: Actor) -> tuple[View, RankedPortfolio, dict[str, Any] | None]:
        store = SnapshotStore(database)
        view = await store.fresh(actor.organisation_id)
        portfolio_id = portfolio_named(view, portfolio)
        view = await store.fresh(actor.organisation_id, portfolio_id)
        request = RankingRequest(
            model_id=None if model is None else model_named(view, model),
            method=method,
            kind=order,
            today=today,
        )
        ranking = await rank_portfolio(view, portfolio_id, request)
        if compare:
            requests = [request, *(_request(view, name, order, today) for name in compare)]
            requests = [replace(each, overridden=False) for each in requests]
            return view, ranking, agreement(await compare_rankings(view, portfolio_id, requests), top=top)
        if robust:
            asked = RobustnessRequest(with_dependencies=order is OrderKind.DEPENDENCY_AWARE)
            found = await ranking_robustness(view, portfolio_id, request, asked)
            return view, ranking, robustness(found, top=top)
        if explain is not None:
            return view, ranking, explanation(view, ranking, index_named(ranking, explain))
        return view, ranking, None

    view, ranking, found = as_administrator(load_settings(organisation=organisation), work)
    if found is not None:
        if explain is not None:
            item = _item(view, ranking, index_named(ranking, explain))
            if as_json:
                show_json({**_head(ranking), "item": item, "comparison": found})
            else:
                show_explanation(item, found)
        elif as_json:
            show_json({**_head(ranking), **found})
        elif compare:
            show_agreement(found)
        else:
            show_robustness(found)
        return
    items = [_item(view, ranking, int(index)) for index in ranking.order[:top]]
    if as_json:
        show_json({**_head(ranking), "items": items})
        return
    head = _head(ranking)
    proof = "" if head["gap"] is None else f", at most {100 * head['gap']:.2f} % from the best order"
    progress(
        f"{ranking.columns.portfolio.name}: {len(ranking)} initiatives by {head['model'] or head['method']}"
        f" ({head['order'].replace('_', '-')}{proof})"
    )
    show_table(
        ("rank", "initiative", "score", "made of", "inherits from", "blocked by", "unlocks"),
        [_row(item) for item in items],
        nothing="There is nothing to rank: the portfolio has no open initiatives.",
    )


def _request(view: View, name: str, order: OrderKind, today: date) -> RankingRequest:
    """A ranking by the model or the method that a user names."""
    methods = {method.value: method for method in ScoringMethod}
    named = any(row.name.casefold() == name.casefold() for row in view.directory.models.values())
    method = None if named else methods.get(name.casefold().replace("-", "_"))
    return RankingRequest(
        model_id=None if method is not None else model_named(view, name),
        method=method,
        kind=order,
        today=today,
    )


def model_named(view: View, name: str) -> UUID:
    """The scoring model with this name, whatever its case.

    Raises
    ------
    NotFound
        When there is none.
    """
    for row in view.directory.models.values():
        if row.name.casefold() == name.casefold():
            return row.id
    names = ", ".join(sorted(repr(row.name) for row in view.directory.models.values())) or "none"
    raise NotFound(f"There is no scoring model {name!r}; the organisation has: {names}.")


def _head(ranking: RankedPortfolio) -> dict[str, Any]:
    return {
        "portfolio": ranking.columns.portfolio.name,
        "model": None if ranking.model is None else ranking.model.model.name,
        "modelVersion": None if ranking.model is None else ranking.model.version.number,
        "method": ranking.scored.method.value,
        "order": ranking.request.kind.value,
        "asOf": ranking.request.today.isoformat(),
        "gap": None if ranking.solved is None else ranking.solved.gap,
        "fingerprint": ranking.fingerprint,
        "total": len(ranking),
    }


def _item(view: View, ranking: RankedPortfolio, index: int) -> dict[str, Any]:
    def title(at: int) -> str:
        return ranking.columns.rows[int(ranking.scored.positions[at])].title

    score = float(ranking.scored.scores.score[index])
    row = ranking.columns.rows[ranking.scored.positions[index]]
    return {
        "rank": int(ranking.rank[index]) or None,
        "scoreRank": int(ranking.score_rank[index]) or None,
        "computedRank": int(ranking.computed_rank[index]) or None,
        "override": _override(view, ranking, index),
        "id": str(row.id),
        "externalId": row.external_id,
        "title": row.title,
        "state": row.state.value,
        "score": None if ranking.scored.scores.unscored[index] else score,
        "terms": [_term(term) for term in ranking.scored.terms(index)]
        + [
            {
                "key": view.directory.key_results[ranking.scored.key_results[term.key_result]].title,
                "role": "ADDEND",
                "state": term.state.value,
                "raw": term.expected_delta,
                "contribution": term.contribution,
            }
            for term in ranking.scored.outcome_terms(index)
        ],
        "inherits": [{"from": title(lender), "worth": worth} for lender, worth in ranking.inherited(index)],
        "blockedBy": [title(at) for at in ranking.neighbours(index, incoming=True)],
        "unlocks": [title(at) for at in ranking.neighbours(index, incoming=False)],
    }


def _override(view: View, ranking: RankedPortfolio, index: int) -> dict[str, Any] | None:
    row = ranking.overrides.get(index)
    if row is None:
        return None
    return {
        "rank": row.rank,
        "reason": row.reason,
        "decidedBy": view.directory.members[row.decided_by_id].name,
        "at": row.created_at.isoformat(),
    }


def _term(term: Term) -> dict[str, Any]:
    return {
        "key": term.key,
        "role": term.role.value,
        "state": term.state.value,
        "raw": term.raw,
        "normalised": term.normalised,
        "weight": term.weight,
        "share": term.share,
        "contribution": term.contribution,
    }


_SIGN = {Role.ADDEND.value: "+ ", Role.FACTOR.value: "· ", Role.DENOMINATOR.value: "/ "}
_NOTE = {
    TermState.MISSING.value: "missing",
    TermState.UNDEFINED.value: "zero",
    TermState.LEFT_OUT.value: "left out",
    TermState.ASSUMED_WORST.value: "worst assumed",
}


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    terms = [term for term in item["terms"] if term["state"] != TermState.UNUSED.value]
    made_of = " ".join(f"{_SIGN[term['role']]}{term['key']} {_figure(term)}" for term in terms)
    return (
        _rank(item),
        item["title"],
        "unknown" if item["score"] is None else f"{item['score']:.4g}",
        made_of.removeprefix("+ ").removeprefix("· "),
        _some([f"{lender['from']} ({lender['worth']:.4g})" for lender in item["inherits"]]),
        _some(item["blockedBy"]),
        _some(item["unlocks"]),
    )


def _rank(item: dict[str, Any]) -> str:
    rank = "–" if item["rank"] is None else str(item["rank"])
    if item["override"] is None:
        return rank
    computed = "none" if item["computedRank"] is None else item["computedRank"]
    return f"{rank} (set by hand, computed {computed})"


def _figure(term: dict[str, Any]) -> str:
    note = _NOTE.get(term["state"])
    if note is not None:
        return f"({note})"
    return f"{term['contribution']:.4g}"


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return "; ".join(names[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
