from dataclasses import replace

import pytest
from graphql import DocumentNode, get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from api.limits import SATURATED, QueryLimits, Shape, check_shape, operation_shapes


def shape(text: str) -> Shape:
    (only,) = operation_shapes(parse(text)).values()
    return only


def exceeded(document: DocumentNode, limits: QueryLimits) -> dict[str, int]:
    return {
        error.extensions["limit"]: error.extensions["requested"]
        for error in check_shape(document, limits)
        if error.extensions
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a }", Shape(depth=1, nesting=1, fields=1, top=1)),
        ("{ a { b c { d } } e }", Shape(depth=3, nesting=3, fields=5, top=2)),
        ("{ x: a y: a }", Shape(depth=1, nesting=1, fields=2, aliases=2, top=2)),
        ("{ a { x: b } }", Shape(depth=2, nesting=2, fields=2, aliases=1, top=1)),
        (
            "query ($v: Int @d) @d { a @d @d ... @d { b } ...F @d } fragment F on Q @d { c @d }",
            Shape(depth=1, nesting=2, fields=3, directives=8, top=3),
        ),
        ("{ ... { ... { a } } }", Shape(depth=1, nesting=3, fields=1, top=1)),
        (
            "{ ...F ...F } fragment F on Q { a { ...G } } fragment G on A { b x: c }",
            Shape(depth=2, nesting=4, fields=6, aliases=2, top=2),
        ),
        (
            "fragment G on A { b } fragment F on Q { a { ...G } } { ...F }",
            Shape(depth=2, nesting=4, fields=2, top=1),
        ),
    ],
)
def test_the_shape_of_an_operation_is_counted_after_expansion(text: str, expected: Shape) -> None:
    assert shape(text) == expected


def test_each_operation_is_counted_for_itself() -> None:
    document = parse("query A { ...F } query B { ...F ...F } fragment F on Q { a }")
    assert {name: s.fields for name, s in operation_shapes(document).items()} == {"A": 1, "B": 2}


def bomb(levels: int) -> str:
    fragments = [f"fragment F{i} on Q{{...F{i + 1} ...F{i + 1}}}" for i in range(levels)]
    return "{...F0}" + "".join(fragments) + f"fragment F{levels} on Q{{a}}"


def test_a_fragment_bomb_of_a_few_hundred_bytes_is_counted_and_refused() -> None:
    text = bomb(22)
    assert len(text) < 796
    assert shape(text).fields == 2**22
    assert exceeded(parse(text), QueryLimits()) == {"fields": 2**22, "rootFields": 2**22}


def test_counts_saturate_where_the_expansion_has_no_bound() -> None:
    text = bomb(300)
    assert shape(text).fields == shape(text).top == SATURATED
    errors = check_shape(parse(text), QueryLimits())
    assert any("at least 1000000000, where 2000 is the most" in error.message for error in errors)


def test_the_work_is_linear_in_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each definition is measured once, however often its fragments are spread."""
    from api import limits

    calls = 0
    measure = limits._shape

    def counting(*arguments: object) -> Shape:
        nonlocal calls
        calls += 1
        return measure(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(limits, "_shape", counting)
    operation_shapes(parse(bomb(200)))
    assert calls == 202


@pytest.mark.parametrize(
    "text",
    [
        "{ ...F } fragment F on Q { a ...F }",
        "{ ...F } fragment F on Q { a ...G } fragment G on Q { b ...F }",
        "{ ...F ...G ...H } fragment F on Q { a ...G } fragment G on Q { ...H } fragment H on Q { ...F ...G }",
        "{ ...Unknown }",
        "query A { a } query A { b }",
        "type T { a: Int }",
    ],
)
def test_documents_that_are_not_valid_are_counted_without_harm(text: str) -> None:
    assert check_shape(parse(text), QueryLimits()) == []


def test_a_long_chain_of_fragments_needs_no_recursion() -> None:
    links = "".join(f"fragment F{i} on Q {{ a {{ ...F{i + 1} }} }} " for i in range(600))
    text = "{ ...F0 } " + links + "fragment F600 on Q { a }"
    assert exceeded(parse(text), QueryLimits()) == {"depth": 601, "nesting": 1202}


@pytest.mark.parametrize(
    ("limits", "text", "expected"),
    [
        (QueryLimits(max_depth=2), "{ a { b { c } } }", {"depth": 3}),
        (QueryLimits(max_nesting=2), "{ ... { ... { a } } }", {"nesting": 3}),
        (QueryLimits(max_fields=2), "{ a { b c } }", {"fields": 3}),
        (QueryLimits(max_aliases=1), "{ x: a y: a }", {"aliases": 2}),
        (QueryLimits(max_directives=1), "{ a @d @d }", {"directives": 2}),
        (QueryLimits(max_root_fields=1), "{ a b }", {"rootFields": 2}),
        (QueryLimits(max_depth=1, max_fields=1), "{ a { b } }", {"depth": 2, "fields": 2}),
    ],
)
def test_every_limit_that_is_exceeded_is_said(
    limits: QueryLimits, text: str, expected: dict[str, int]
) -> None:
    assert exceeded(parse(text), limits) == expected


def test_the_message_names_the_operation_and_both_numbers() -> None:
    (error,) = check_shape(parse("query Deep { a { b } }"), QueryLimits(max_depth=1))
    assert error.message == (
        "The operation 'Deep' exceeds the limit of depth: 2, where 1 is the most. Split it, or ask for less."
    )
    assert error.extensions == {
        "code": "GRAPHQL_VALIDATION_FAILED",
        "limit": "depth",
        "requested": 2,
        "maximum": 1,
    }


def test_a_limit_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="max_depth must be at least 1"):
        QueryLimits(max_depth=0)


def test_the_introspection_of_the_usual_tools_is_within_the_limits() -> None:
    text = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    )
    assert check_shape(parse(text), QueryLimits()) == []


selections = st.recursive(
    st.sampled_from(["a", "x: a", "...F0", "...F1", "...F2", "a @d"]),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda parts: "a { " + " ".join(parts) + " }"),
    max_leaves=8,
)


@given(root=selections, fragments=st.lists(selections, min_size=3, max_size=3))
def test_counting_by_fragment_equals_counting_the_expansion(root: str, fragments: list[str]) -> None:
    # F0 may spread F1 and F2, F1 may spread F2, F2 spreads nothing: no cycles
    second = fragments[2].replace("...F0", "a").replace("...F1", "a").replace("...F2", "a")
    first = fragments[1].replace("...F0", "a").replace("...F1", "a")
    zeroth = fragments[0].replace("...F0", "a")
    text = "{ " + root + " }"
    for index, body in enumerate((zeroth, first, second)):
        text += f" fragment F{index} on Q {{ {body} }}"
    expanded = "{ " + root + " }"
    for index, body in enumerate((zeroth, first, second)):
        expanded = expanded.replace(f"...F{index}", body)
    assert replace(shape(text), nesting=0) == replace(shape(expanded), nesting=0)
