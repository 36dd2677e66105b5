"""Who contributes to key results: found in SQL, shown from the columns of their portfolios."""

from uuid import UUID

from api.context import Context
from api.contribution.types import ContributionConnection, ContributionEntry
from api.listing import Listing, children_of
from api.pagination import Page
from domain.queries.contributing import CONTRIBUTION_PLACES, ContributionPlace
from domain.queries.keyset import Slice
from domain.queries.listing import OrderBy
from domain.snapshot import View

_LISTING = Listing(CONTRIBUTION_PLACES, ContributionConnection, ids={}, default=(OrderBy("created_at"),))


async def contributions_to(context: Context, key_result_id: UUID, page: Page) -> ContributionConnection:
    """Return a page of the contributions to a key result, the oldest first."""

    async def shown(found: Slice[ContributionPlace]) -> Slice[ContributionEntry]:
        portfolio_ids = {place.portfolio_id for place in found.rows}
        view = await context.view(*portfolio_ids)
        entries = [_entry(view, place) for place in found.rows]
        if None in entries:
            view = await context.renew(*portfolio_ids)
            entries = [_entry(view, place) for place in found.rows]
        # what is removed at this very moment is in the one and not in the other
        pairs = [(entry, at) for entry, at in zip(entries, found.positions, strict=True) if entry is not None]
        return Slice(
            rows=[entry for entry, _ in pairs],
            positions=[at for _, at in pairs],
            has_next=found.has_next,
            has_previous=found.has_previous,
        )

    return await children_of(
        context,
        _LISTING,
        parent="key_result_id",
        parent_id=key_result_id,
        page=page,
        where=None,
        order_by=None,
        archived=True,
        shown=shown,
    )


def _entry(view: View, place: ContributionPlace) -> ContributionEntry | None:
    columns = view.portfolios.get(place.portfolio_id)
    position = None if columns is None else columns.find(place.initiative_id)
    if columns is None or position is None:
        return None
    for entry in columns.shares.of(position):
        if columns.shares.key_result[entry] == place.key_result_id:
            return ContributionEntry(columns.rows[position], columns.shares, entry)
    return None
