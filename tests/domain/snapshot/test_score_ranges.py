"""Ranges of scores in a snapshot: as raters gave them, and nothing where nobody gave one."""

from domain.commands.scoring import ScoreSet
from domain.db import Database
from domain.enums import Role
from domain.score import set_score
from domain.snapshot import SnapshotStore
from tests.factories import a_criterion, a_member, a_portfolio, an_initiative, an_organisation


async def test_ranges_are_means_over_raters_and_who_gives_none_is_sure(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    first, second = [(await an_initiative(database, actor, portfolio_id=portfolio.id)).id for _ in range(2)]
    other = await a_member(database, actor, role=Role.CONTRIBUTOR)
    criterion = await a_criterion(database, actor)
    for rater, initiative, value, low, high in (
        (actor, first, 4, 2, 7),
        (other, first, 6, None, None),
        (actor, second, 5, None, None),
    ):
        await set_score(
            database,
            rater,
            ScoreSet(
                initiative_id=initiative,
                criterion_id=criterion.id,
                value=value,
                value_low=low,
                value_high=high,
            ),
        )
    view = await SnapshotStore(database).fresh(actor.organisation_id, portfolio.id)
    columns = view.portfolio(portfolio.id)
    ranges = columns.score_ranges
    assert [columns.rows[position].id for position in ranges.initiative] == [first]
    assert ranges.criterion == (criterion.id,)
    assert (ranges.low.tolist(), ranges.high.tolist()) == ([4.0], [6.5])
