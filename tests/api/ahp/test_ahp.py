"""Weights from judgements in pairs, through the schema."""

from typing import Any

import pytest

from api.ids import encode_id
from domain.actor import Actor
from domain.db import Database
from domain.errors import InvalidInput, NotFound
from prioritisation.ahp import comparison_matrix, derive_weights
from tests.api.conftest import Ask
from tests.factories import a_criterion, an_organisation

WEIGHTS = """
query($criteria: [ID!]!, $judgements: [AhpJudgement!]!) {
  ahpWeights(criteria: $criteria, judgements: $judgements) {
    weights { weight criterion { name } } lambdaMax consistencyIndex consistencyRatio acceptable
    worst { first { name } second { name } judged implied }
  }
}
"""
NAMES = ("Price", "Quality", "Speed")


@pytest.fixture
async def actor(database: Database) -> Actor:
    """An administrator."""
    return await an_organisation(database)


async def _criteria(database: Database, actor: Actor, *names: str) -> dict[str, str]:
    return {
        name: encode_id("Criterion", (await a_criterion(database, actor, name=name)).id) for name in names
    }


def _judged(ids: dict[str, str], *judgements: tuple[str, str, float]) -> list[dict[str, Any]]:
    return [{"first": ids[one], "second": ids[other], "ratio": ratio} for one, other, ratio in judgements]


async def test_saaty_s_weights_and_consistency(database: Database, ask: Ask, actor: Actor) -> None:
    ids = await _criteria(database, actor, *NAMES)
    judgements = _judged(ids, ("Price", "Quality", 3), ("Speed", "Price", 1 / 5), ("Quality", "Speed", 3))
    answer = await ask(actor, WEIGHTS, criteria=list(ids.values()), judgements=judgements)
    found = answer["ahpWeights"]
    engine = derive_weights(comparison_matrix([3, 5, 3], criteria=3))
    assert [weight["criterion"]["name"] for weight in found["weights"]] == list(NAMES)
    assert [weight["weight"] for weight in found["weights"]] == pytest.approx(engine.weights.tolist())
    # Saaty's matrix ((1, 3, 5), (1/3, 1, 3), (1/5, 1/3, 1)) has 0.637, 0.258, 0.105 and a ratio of 0.033
    assert [round(weight["weight"], 3) for weight in found["weights"]] == [0.637, 0.258, 0.105]
    assert found["lambdaMax"] == pytest.approx(3.0385, abs=5e-5)
    assert found["consistencyIndex"] == pytest.approx((found["lambdaMax"] - 3) / 2)
    assert found["consistencyRatio"] == pytest.approx(found["consistencyIndex"] / 0.58)
    assert found["acceptable"] is True
    assert engine.worst_pair is not None
    assert found["worst"]["first"]["name"] == NAMES[engine.worst_pair[0]]
    assert found["worst"]["implied"] == pytest.approx(
        engine.weights[engine.worst_pair[0]] / engine.weights[engine.worst_pair[1]]
    )


async def test_contradictions_are_shown(database: Database, ask: Ask, actor: Actor) -> None:
    ids = await _criteria(database, actor, *NAMES)
    judgements = _judged(ids, ("Price", "Quality", 5), ("Quality", "Speed", 5), ("Speed", "Price", 5))
    found = (await ask(actor, WEIGHTS, criteria=list(ids.values()), judgements=judgements))["ahpWeights"]
    assert found["acceptable"] is False
    assert found["consistencyRatio"] > 1
    assert [weight["weight"] for weight in found["weights"]] == pytest.approx([1 / 3] * 3)


async def test_consistent_judgements_have_no_worst_one(database: Database, ask: Ask, actor: Actor) -> None:
    ids = await _criteria(database, actor, *NAMES)
    judgements = _judged(ids, ("Price", "Quality", 2), ("Price", "Speed", 6), ("Quality", "Speed", 3))
    found = (await ask(actor, WEIGHTS, criteria=list(ids.values()), judgements=judgements))["ahpWeights"]
    assert found["worst"] is None
    assert [weight["weight"] for weight in found["weights"]] == pytest.approx([0.6, 0.3, 0.1])


async def test_what_does_not_make_a_comparison_is_refused(database: Database, ask: Ask, actor: Actor) -> None:
    ids = await _criteria(database, actor, *NAMES)
    whole = [("Price", "Quality", 2.0), ("Price", "Speed", 6.0), ("Quality", "Speed", 3.0)]
    for judgements, message, path in (
        (whole[:1], "Judge “Price” and “Speed”; “Quality” and “Speed”.", ("judgements",)),
        ([*whole, ("Quality", "Price", 2.0)], "judged twice", ("judgements", 3)),
        ([("Price", "Price", 1.0)], "against itself", ("judgements", 0)),
        ([("Price", "Quality", 0.0)], "greater than 0", ("judgements", 0, "ratio")),
        ([("Price", "Quality", 1e10), *whole[1:]], "from 1e-9 to 1e9", ("judgements",)),
    ):
        with pytest.raises(InvalidInput, match=message) as refused:
            await ask(actor, WEIGHTS, criteria=list(ids.values()), judgements=_judged(ids, *judgements))
        assert refused.value.path == path
    for criteria in ([], [ids["Price"]], [ids["Price"]] * 16):
        with pytest.raises(InvalidInput, match="Compare 2 to 15 criteria"):
            await ask(actor, WEIGHTS, criteria=criteria, judgements=[])
    with pytest.raises(InvalidInput, match="named twice"):
        await ask(actor, WEIGHTS, criteria=[ids["Price"]] * 2, judgements=[])


async def test_foreign_criteria_are_not_found(database: Database, ask: Ask, actor: Actor) -> None:
    ids = await _criteria(database, actor, "Price", "Quality")
    stranger = await an_organisation(database)
    foreign = await _criteria(database, stranger, "Foreign")
    with pytest.raises(NotFound):
        await ask(actor, WEIGHTS, criteria=[*ids.values(), *foreign.values()], judgements=[])
    judgements = _judged({**ids, **foreign}, ("Price", "Foreign", 2))
    with pytest.raises(NotFound, match="not among"):
        await ask(actor, WEIGHTS, criteria=list(ids.values()), judgements=judgements)
