"""Ratings over all who scored."""

from uuid import uuid4

import pytest

from domain.commands.scoring import ScoreSet
from domain.db import Database, reading
from domain.enums import Role
from domain.queries.score import RatingRow, ratings
from domain.score import set_score
from tests.factories import a_criterion, a_member, an_initiative, an_organisation


async def test_ratings_are_by_initiative_and_criterion(database: Database) -> None:
    admin = await an_organisation(database)
    raters = [admin, *[await a_member(database, admin, role=Role.CONTRIBUTOR) for _ in range(2)]]
    scored, other, bare = [(await an_initiative(database, admin)).id for _ in range(3)]
    first, second = sorted([(await a_criterion(database, admin)).id for _ in range(2)])
    for rater, value in zip(raters, (2, 4, 9), strict=True):
        await set_score(database, rater, ScoreSet(initiative_id=scored, criterion_id=first, value=value))
    await set_score(database, admin, ScoreSet(initiative_id=scored, criterion_id=second, value=0))
    await set_score(database, admin, ScoreSet(initiative_id=other, criterion_id=first, value=7))
    unknown = uuid4()
    async with reading(database, admin.organisation_id) as connection:
        found = await ratings(connection, admin.organisation_id, [scored, bare, unknown])
    assert found.keys() == {scored, bare, unknown}
    assert (found[bare], found[unknown]) == ([], [])
    of_three, of_one = found[scored]
    assert of_three[:-1] == (scored, first, 3, 5.0, 4.0, 2.0, 9.0)
    assert of_three.deviation == pytest.approx(13**0.5)
    assert of_one == RatingRow(scored, second, 1, 0.0, 0.0, 0.0, 0.0, None)
