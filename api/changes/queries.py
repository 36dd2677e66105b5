"""``changesSince``: what a client missed."""

from typing import Annotated

import strawberry

from api.changes.types import ChangeConnection
from api.context import Info
from api.cursors import decode_cursor, encode_cursor, fingerprint
from api.inputs import decoded
from api.pagination import After, First, Window, page_of
from api.permissions import READ
from domain.changes import changes_since
from domain.snapshot import Version

PortfolioArgument = Annotated[strawberry.ID, strawberry.argument(description="The portfolio's id.")]


@strawberry.type
class ChangeQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="What was created, changed or deleted in a portfolio, and in what all portfolios share,"
        " after a version, in the order of the log. Deletions and changes of parts are among it.",
        **READ,
    )
    async def changes_since(
        self,
        info: Info,
        portfolio: PortfolioArgument,
        version: Annotated[
            str,
            strawberry.argument(
                description="A version from `Portfolio.dataVersion`, from an event, or from an earlier page's"
                " connection."
            ),
        ],
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
    ) -> ChangeConnection:
        await info.context.view()
        page = page_of(first=first, after=after)
        portfolio_id = decoded("Portfolio", portfolio, "portfolio")
        since = Version.parse(version)
        order = fingerprint("changes", portfolio, since.token)
        seen = 0
        if page.after is not None:
            (seen,) = decode_cursor(
                page.after, argument="after", ordering=order, kinds=(int,), nullable=(False,)
            )
        changes = await changes_since(
            info.context.database,
            info.context.actor.organisation_id,
            portfolio_id,
            since,
            first=page.size + 1,
            after=seen,
        )
        items = changes.items[: page.size]
        window = Window(
            items=items,
            cursors=[encode_cursor(ordering=order, kinds=(int,), values=(item.id,)) for item in items],
            has_next=len(changes.items) > page.size,
            has_previous=page.after is not None,
        )
        return ChangeConnection.of(window, nodes=items, total=changes.total, version=changes.version.token)
