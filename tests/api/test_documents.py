import pytest
from graphql import OperationType, get_introspection_query

from api.documents import DocumentCache, DocumentRefused
from api.errors import BadUserInput, CostLimit
from api.limits import QueryLimits
from tests.api.edge import schema


def cache(
    *,
    limits: QueryLimits | None = None,
    introspection: bool = False,
    max_entries: int = 1_000,
    max_bytes: int = 2**20,
) -> DocumentCache:
    return DocumentCache(
        schema=schema._schema,
        limits=limits or QueryLimits(),
        introspection=introspection,
        max_entries=max_entries,
        max_bytes=max_bytes,
    )


def refusal(text: str, documents: DocumentCache | None = None) -> list[tuple[str, str]]:
    with pytest.raises(DocumentRefused) as refused:
        (documents or cache()).prepare(text)
    return [(error.code, error.message) for error in refused.value.errors]


def test_a_document_is_prepared_once_and_kept() -> None:
    documents = cache()
    assert documents.known("{ hello }") is None
    prepared = documents.prepare("{ hello }")
    documents.keep("{ hello }", prepared)
    documents.keep("{ hello }", documents.prepare("{ hello }"))
    assert documents.known("{ hello }") is prepared


def test_the_plan_of_an_operation_is_compiled_once() -> None:
    documents = cache()
    prepared = documents.prepare("query A { hello } query B { viewer }")
    first = documents.operation(prepared, "A")
    assert documents.operation(prepared, "A").plan is first.plan
    assert (first.name, first.type) == ("A", OperationType.QUERY)
    assert set(prepared.plans) == {"A"}


def test_documents_are_bounded_in_number_and_the_oldest_go_first() -> None:
    documents = cache(max_entries=2)
    for text in ("{ hello }", "{ viewer }"):
        documents.keep(text, documents.prepare(text))
    assert documents.known("{ hello }") is not None
    documents.keep("{ fail }", documents.prepare("{ fail }"))
    assert documents.known("{ viewer }") is None
    assert documents.known("{ hello }") is not None
    assert documents.known("{ fail }") is not None


def test_documents_are_bounded_in_memory() -> None:
    size = cache().prepare("{ hello }").size
    documents = cache(max_bytes=2 * size + size // 2)
    for name in "abcd":
        text = f"{{{name}:hello}}"
        documents.keep(text, documents.prepare(text))
    kept = [name for name in "abcd" if documents.known(f"{{{name}:hello}}")]
    assert kept == ["d"] or kept == ["c", "d"]
    long = "{ hello " + " ".join(f"a{i}: hello" for i in range(19)) + "}"
    documents.keep(long, documents.prepare(long))
    assert documents.known(long) is None


def test_the_size_grows_with_the_tokens() -> None:
    small, large = cache().prepare("{ hello }"), cache().prepare("{ hello viewer forbidden fail }")
    assert large.size > small.size > 1_000


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("{", "GRAPHQL_PARSE_FAILED", "Syntax Error"),
        ("{ hello " * 300 + "}" * 300, "GRAPHQL_PARSE_FAILED", "nested too deeply"),
        ("{ hello(name: " + "[" * 300 + "]" * 300 + ") }", "GRAPHQL_PARSE_FAILED", "nested too deeply"),
        ("{" + " hello" * 6_000 + "}", "GRAPHQL_PARSE_FAILED", "more than 5000 tokens"),
        ("{ hello }" + "#\n" * 6_000, "GRAPHQL_PARSE_FAILED", "comments"),
        ("{ hello }" + " " * 100_001, "GRAPHQL_PARSE_FAILED", "more than 100000 code points"),
        ("{" + " hello" * 100 + "}", "GRAPHQL_VALIDATION_FAILED", "rootFields: 100"),
        ("{ helo }", "GRAPHQL_VALIDATION_FAILED", "Cannot query field 'helo' on type 'Query'."),
        ("type T { a: Int }", "GRAPHQL_VALIDATION_FAILED", "not executable"),
        ("{ ...F } fragment F on Query { ...F }", "GRAPHQL_VALIDATION_FAILED", "within itself"),
        ("{ map {" + " name" * 1_000 + "} }", "GRAPHQL_VALIDATION_FAILED", "Validation aborted."),
        ("{ hello @defer }", "GRAPHQL_VALIDATION_FAILED", "Unknown directive '@defer'"),
        ("subscription { a: count(to: 1) b: count(to: 1) }", "GRAPHQL_VALIDATION_FAILED", "only one"),
        (
            "{ number(value: " + "1" * 5_000 + ") }",
            "GRAPHQL_VALIDATION_FAILED",
            "Expected value of type 'Int'",
        ),
    ],
)
def test_documents_are_refused_with_a_reason(text: str, code: str, part: str) -> None:
    errors = refusal(text)
    assert errors[0][0] == code
    assert part in errors[0][1]


def test_the_errors_of_one_document_are_bounded() -> None:
    assert len(refusal("{" + " ".join(f"x{i}" for i in range(20)) + " map { " + " y" * 20 + "} }")) <= 21


def test_many_fragments_may_want_the_same_fields() -> None:
    spreads = " ".join(f"...F{i}" for i in range(200))
    fragments = " ".join(f"fragment F{i} on Team {{ __typename name }}" for i in range(200))
    assert cache().prepare(f"{{ map {{ {spreads} }} }} {fragments}").operations


def test_introspection_is_for_those_who_enable_it() -> None:
    text = get_introspection_query(one_of=True, input_value_deprecation=True, specified_by_url=True)
    assert refusal(text)[0][0] == "GRAPHQL_VALIDATION_FAILED"
    documents = cache(introspection=True)
    operation = documents.operation(documents.prepare(text), None)
    documents.check_cost(operation.plan.cost({}))
    assert cache().prepare("{ __typename hello }").operations


def test_introspection_that_goes_round_in_circles_is_refused() -> None:
    text = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    assert "introspection depth" in refusal(text, cache(introspection=True))[0][1]


def test_the_operation_is_chosen_by_its_name() -> None:
    documents = cache()
    several = documents.prepare("query A { hello } mutation B { bump }")
    assert documents.operation(several, "B").type is OperationType.MUTATION
    with pytest.raises(BadUserInput, match="several operations"):
        documents.operation(several, None)
    with pytest.raises(BadUserInput, match="not the name of an operation"):
        documents.operation(several, "C")
    anonymous = documents.prepare("{ hello }")
    assert documents.operation(anonymous, None).name is None
    with pytest.raises(BadUserInput, match="not the name of an operation"):
        documents.operation(anonymous, "A")


def test_a_cost_beyond_the_limit_is_refused_with_both_numbers() -> None:
    documents = cache(limits=QueryLimits(max_cost=50))
    documents.check_cost(50)
    with pytest.raises(CostLimit, match="costs 51 points, and 50 is the most") as refused:
        documents.check_cost(51)
    assert refused.value.extensions == {"code": "COST_LIMIT", "requested": 51, "limit": 50}
