"""Advice through the schema: the adviser and the wording of key results."""

import pytest

from domain.db import Database
from domain.enums import KeyResultDirection
from domain.errors import InvalidInput
from tests.api.conftest import Ask
from tests.factories import a_key_result, an_organisation

_ADVICE = """query($answers: InstrumentAnswers!) { instrumentAdvice(answers: $answers) {
  instrument okrPoints kpiPoints firstStep reasons { question okrPoints kpiPoints text } } }"""
_ANSWERS = {
    "challenge": "CONSISTENCY",
    "headcount": 450,
    "sharedOutcomes": "FEW",
    "stability": "UNSTABLE",
    "maturity": "SOME",
}


async def test_the_adviser_answers_with_reasons(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    advice = (await ask(actor, _ADVICE, answers=_ANSWERS))["instrumentAdvice"]
    assert (advice["instrument"], advice["okrPoints"], advice["kpiPoints"]) == ("KPI", 1, 9)
    assert [reason["question"] for reason in advice["reasons"]] == [
        "CHALLENGE",
        "COMPLEXITY",
        "STABILITY",
        "MATURITY",
    ]
    with pytest.raises(InvalidInput, match="headcount"):
        await ask(actor, _ADVICE, answers=_ANSWERS | {"headcount": 0})


async def test_wording_is_advised_on_while_writing_and_on_key_results(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    asked = (
        "query($title: String!) { keyResultWording(title: $title) { verdict points pointsForKeeping"
        " signals { rule words points } } }"
    )
    advice = (await ask(actor, asked, title="Conduct three interviews"))["keyResultWording"]
    assert advice["verdict"] == "ACTIVITY"
    assert {"rule": "ACTIVITY_VERB", "words": "conduct", "points": -3.0} in advice["signals"]
    with pytest.raises(InvalidInput, match="500"):
        await ask(actor, asked, title="x" * 501)

    await a_key_result(database, actor, title="Keep uptime at 99.9 %")
    await a_key_result(
        database,
        actor,
        title="Item",
        direction=KeyResultDirection.MILESTONE,
        start_value=None,
        target_value=None,
    )
    shown = await ask(actor, "{ keyResults { nodes { kind wording { verdict } } } }")
    assert [node["wording"]["verdict"] for node in shown["keyResults"]["nodes"]] == [
        "MAINTENANCE",
        "ACTIVITY",
    ]
