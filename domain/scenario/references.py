"""What effects refer to: whether it is there at all, said where the client has named it."""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from pydantic.alias_generators import to_camel

from domain.errors import InvalidInput, NotFound
from domain.scenario.commands import DatesEffect, Effect, ScoringEffect, ShareEffect
from domain.snapshot import View

_NOUNS = {
    "category_id": "allocation category",
    "team_id": "team",
    "initiative_id": "initiative",
    "key_result_id": "key result",
    "criterion_id": "criterion",
    "model_version_id": "scoring model version",
}


def refuse_unknown(
    view: View, portfolio_id: UUID, effects: Sequence[Effect], *, path: tuple[str, ...] = ("effects",)
) -> None:
    """Refuse effects that refer to what is not there; ``path`` leads to a list of effects, or to one.

    Raises
    ------
    NotFound, InvalidInput
        When the organisation, or the portfolio, has no such thing; when an effect changes nothing.
    """
    directory = view.directory
    known: dict[str, Collection[UUID]] = {
        "category_id": directory.categories,
        "team_id": directory.teams,
        "key_result_id": directory.key_results,
        "criterion_id": directory.criteria,
        "model_version_id": directory.model_versions,
    }
    columns = view.portfolio(portfolio_id)
    for index, effect in enumerate(effects):
        place = (*path, index) if path == ("effects",) else path
        for name, value, where in _references(effect):
            there = columns.find(value) is not None if name == "initiative_id" else value in known[name]
            if not there:
                raise NotFound(
                    f"There is no {_NOUNS[name]} with this id{' in the portfolio' * (name == 'initiative_id')}.",
                    path=(*place, to_camel(effect.kind.value), *where),
                )
        if isinstance(effect, ShareEffect | DatesEffect) and effect.empty:
            raise InvalidInput(
                "This effect changes nothing: say what is to be another one.",
                path=(*place, to_camel(effect.kind.value)),
            )


def _references(effect: Effect) -> Iterator[tuple[str, UUID, tuple[str | int, ...]]]:
    for name in _NOUNS:
        value = getattr(effect, name, None)
        if value is not None:
            yield name, value, (to_camel(name),)
    if isinstance(effect, ScoringEffect):
        for position, item in enumerate(effect.weights):
            yield "criterion_id", item.criterion_id, ("weights", position, "criterionId")
