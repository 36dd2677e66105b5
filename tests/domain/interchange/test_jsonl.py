"""Reading JSON Lines."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.interchange.jsonl import read_jsonl
from domain.interchange.source import EACH, Line, Unreadable, cell_at


def _lines(content: bytes) -> list[Any]:
    return [
        (line.number, dict(line.cells)) if isinstance(line, Line) else (line.number, line.reason)
        for line in read_jsonl("file.jsonl", content).lines
    ]


def test_blank_lines_are_no_lines_and_figures_keep_their_digits() -> None:
    content = b'\xef\xbb\xbf{"a": 1}\r\n\n   \n{"a": 0.1, "b": 9223372036854775807}\n{"a": 1e2, "b": null}'
    assert _lines(content) == [
        (1, {"a": 1}),
        (4, {"a": Decimal("0.1"), "b": 2**63 - 1}),
        (5, {"a": Decimal("1e2"), "b": None}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": }', "is not JSON: Expecting value at character 7"),
        (b"[1]", "is not a JSON object, such as {…}"),
        (b'"a"', "is not a JSON object, such as {…}"),
        (b'{"a": 1, "a": 2}', "has the key “a” twice in one object"),
        (b'{"x": {"a": 1, "b": 2, "a": 1}}', "has the key “a” twice in one object"),
        (b'{"a": NaN}', "holds NaN, which is no figure; leave the key out or write null"),
        (b'{"a": -Infinity}', "holds -Infinity, which is no figure; leave the key out or write null"),
        (
            b'{"a": 9223372036854775808}',
            "holds the integer 9223372036854775808, which does not fit into 64 bits; write it as text",
        ),
        (
            b'{"a": ' + b"9" * 5000 + b"}",
            f"holds the integer {'9' * 30}, which does not fit into 64 bits; write it as text",
        ),
        (b'{"a": "\xff"}', "is not UTF-8 (byte 8 of the line)"),
        (b'{"a":' * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_and_others_are_read(line: bytes, reason: str) -> None:
    assert _lines(b'{"a": 1}\n' + line + b'\n{"a": 3}\n') == [(1, {"a": 1}), (2, reason), (3, {"a": 3})]


def test_columns_lead_into_objects_and_lists_of_objects() -> None:
    content = b'{"id": "1", "extra": {"asks": [{"team": "A"}, {"size": 2}], "tags": ["x"]}}\n{"late": 1}\n'
    source = read_jsonl("file.jsonl", content)
    assert {column.name: column.path for column in source.columns} == {
        "id": ("id",),
        "extra": ("extra",),
        "extra.asks": ("extra", "asks"),
        "extra.asks[].team": ("extra", "asks", EACH, "team"),
        "extra.asks[].size": ("extra", "asks", EACH, "size"),
        "extra.tags": ("extra", "tags"),
        "late": ("late",),
    }
    first = source.lines[0]
    assert isinstance(first, Line)
    found = [cell_at(first.cells, column.path) for column in source.columns[3:]]
    assert found == [["A", None], [None, 2], ["x"], None]


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), _json, max_size=4)))
def test_whatever_is_written_is_read_back(objects: list[dict[str, Any]]) -> None:
    content = "\n".join(json.dumps(one, ensure_ascii=False) for one in objects).encode()
    source = read_jsonl("file.jsonl", content)
    assert [line.cells for line in source.lines if isinstance(line, Line)] == objects


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_line(content: bytes) -> None:
    source = read_jsonl("file.jsonl", content)
    numbers = [line.number for line in source.lines]
    assert numbers == sorted(set(numbers))
    assert all(line.reason for line in source.lines if isinstance(line, Unreadable))
