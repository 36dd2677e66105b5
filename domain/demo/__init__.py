"""The demo: Larkmere Energy, an energy supplier that wants to change and has a day job to do.

What a board would argue about is in it: an enabler that nobody outside would notice and everything waits for,
a favourite of a board member, a deadline four weeks away, work in flight whose aim has been met, an initiative
that nobody has scored, and one whose duration nobody knows.
"""

from domain.actor import Actor
from domain.db import Database
from domain.demo.competing import load_decisions, load_dependencies, load_initiatives, load_scores
from domain.demo.loading import DEMO_SLUG, alone, open_stage, raise_curtain
from domain.demo.operating import load_kpis
from domain.demo.reviewing import load_dismissals, load_reviews
from domain.demo.setting_up import load_models, load_objectives, load_organisation, load_portfolio
from domain.demo.staffing import load_bookings, load_capacity, load_policies
from domain.demo.steering import load_benefits, load_rhythm
from domain.demo.trying import load_scenarios
from domain.organisation import organisation_by_slug

__all__ = ["DEMO_SLUG", "load_demo"]


async def load_demo(database: Database) -> Actor | None:
    """Load the demo; returns its administrator, or None when it is there already.

    The slug ``demo`` appears with the last step. After a failure the next call goes on where this one stopped;
    of several calls at the same time one loads and the others wait for it.

    Raises
    ------
    DomainError
        ``DatabaseUnavailable`` when the database does not answer, or another process does not finish.
    """
    if await organisation_by_slug(database, DEMO_SLUG) is not None:
        return None
    async with alone(database):
        if await organisation_by_slug(database, DEMO_SLUG) is not None:
            return None
        stage = await open_stage(database)
        await load_organisation(stage)
        await load_objectives(stage)
        await load_models(stage)
        await load_portfolio(stage)
        await load_initiatives(stage)
        await load_dependencies(stage)
        await load_scores(stage)
        await load_decisions(stage)
        await load_rhythm(stage)
        await load_benefits(stage)
        await load_kpis(stage)
        await load_capacity(stage)
        await load_policies(stage)
        await load_bookings(stage)
        await load_scenarios(stage)
        await load_reviews(stage)
        await load_dismissals(stage)
        await raise_curtain(stage)
        return stage.administrator
