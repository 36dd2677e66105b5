"""Fields resolve the same with and without Strawberry's glue."""

from api.context import Context, Services
from api.direct_resolvers import resolve_directly
from api.ids import encode_id
from api.schema import build_schema
from domain.db import Database
from tests.api.ranking.test_ranking import RANKING
from tests.boards import an_empty_board


async def test_both_ways_give_the_same_answer(database: Database, services: Services) -> None:
    board = await an_empty_board(database)
    await board.initiative("Enabler", weeks=4, rate=1)
    await board.initiative("Prize", weeks=2, rate=110)
    await board.needs("Prize", "Enabler")
    answers = []
    for direct in (True, False):
        schema = build_schema(direct=direct)
        context = Context(services=services, viewer=board.actor, request_id="test")
        result = await schema.execute(
            RANKING,
            variable_values={"id": encode_id("Portfolio", board.portfolio_id), "first": 1},
            context_value=context,
        )
        assert result.errors is None
        answers.append(result.data)
    assert answers[0] == answers[1]


def test_fields_with_extensions_keep_strawberrys_resolver() -> None:
    built = build_schema()
    fields = built._schema.query_type
    assert fields is not None
    assert fields.fields["node"].resolve.__qualname__.startswith("GraphQLCoreConverter")
    team = built._schema.type_map["Team"]
    assert team.fields["name"].resolve.__qualname__.startswith("_reading")  # type: ignore[attr-defined]


def test_most_fields_are_direct() -> None:
    assert resolve_directly(build_schema(direct=False)) > 200
