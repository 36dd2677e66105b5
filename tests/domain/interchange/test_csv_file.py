"""Reading CSV."""

import csv
import io
from codecs import BOM_UTF8
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.interchange.csv_file import read_csv
from domain.interchange.source import Line, Unreadable


def _lines(content: str | bytes, **options: str) -> list[Any]:
    data = content if isinstance(content, bytes) else content.encode()
    return [
        (line.number, dict(line.cells)) if isinstance(line, Line) else (line.number, line.reason)
        for line in read_csv("file.csv", data, **options).lines
    ]


def test_lines_have_the_number_on_which_they_start_and_empty_cells_are_none() -> None:
    content = 'id,title,note\n1,"two\nlines",\n\n,,\n2,"a ""quoted"" word",  \n'
    assert _lines(content) == [
        (2, {"id": "1", "title": "two\nlines", "note": None}),
        (6, {"id": "2", "title": 'a "quoted" word', "note": None}),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", BOM_UTF8])
def test_delimiter_line_ends_and_byte_order_mark_are_found_out(delimiter: str, end: str, mark: bytes) -> None:
    rows = [["id", "title, long; odd"], ["1", "Ärger"]]
    text = end.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + end
    assert _lines(mark + text.encode()) == [(2, {"id": "1", "title, long; odd": "Ärger"})]


def test_a_delimiter_in_plain_headings_is_told_apart_by_the_rows() -> None:
    assert _lines("Cost, total;Name\n5;Pipeline\n") == [(2, {"Cost, total": "5", "Name": "Pipeline"})]
    assert _lines("a;b\n1,2\n", delimiter=",") == [(2, "has 2 cells, and the header has 1")]


def test_one_column_is_a_file_too() -> None:
    assert _lines("title\nPipeline\n") == [(2, {"title": "Pipeline"})]


def test_only_semicolons_leave_the_decimal_sign_open() -> None:
    assert [
        read_csv("f.csv", content).ambiguous_decimal for content in (b"a;b\n1;2\n", b"a,b\n1,2\n", b"a\tb\n")
    ] == [True, False, False]


def test_headings_are_one_line_each_and_have_names_of_their_own() -> None:
    source = read_csv("file.csv", b'"Start\n (approved)",Watchers,,Watchers,Watchers (2)\n')
    assert [column.name for column in source.columns] == [
        "Start (approved)",
        "Watchers",
        "(column 3)",
        "Watchers (2)",
        "Watchers (2) (2)",
    ]


def test_rows_of_another_width_and_stray_quotes_are_named() -> None:
    assert _lines('a,b\n1\n1,2,3\n4,5\n6,"7\n8,9\n') == [
        (2, "has 1 cells, and the header has 2"),
        (3, "has 3 cells, and the header has 2"),
        (4, {"a": "4", "b": "5"}),
        (5, "is not CSV: unexpected end of data; what follows could not be read"),
    ]


def test_utf_16_is_known_by_its_mark_and_other_encodings_are_said() -> None:
    expected = [(2, {"a": "Größe", "b": "1"})]
    assert _lines("a,b\nGröße,1\n".encode("utf-16")) == expected
    assert _lines("a,b\nGröße,1\n".encode("cp1252"), encoding="cp1252") == expected
    with pytest.raises(InvalidInput) as raised:
        _lines("a,b\nGröße,1\n".encode("cp1252"))
    assert raised.value.message == (
        "file.csv is not utf-8: byte 7 does not fit. Say its encoding, such as --encoding cp1252."
    )
    with pytest.raises(InvalidInput, match="There is no encoding martian"):
        _lines("a\n", encoding="martian")


@pytest.mark.parametrize("content", [b"", b"\n\n", BOM_UTF8])
def test_a_file_without_header_is_refused(content: bytes) -> None:
    with pytest.raises(
        InvalidInput, match=r"file\.csv is empty; a CSV file starts with a line of column names"
    ):
        read_csv("file.csv", content)


@pytest.mark.parametrize("delimiter", ["", "::", '"', "\n"])
def test_what_can_be_no_delimiter_is_refused(delimiter: str) -> None:
    with pytest.raises(InvalidInput, match="--delimiter is one character"):
        read_csv("file.csv", b"a\n", delimiter=delimiter)


_cell = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)


@given(
    st.lists(st.lists(_cell, min_size=3, max_size=3), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_written_is_read_back(rows: list[list[str]], delimiter: str, end: str) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    source = read_csv("file.csv", stream.getvalue().encode(), delimiter=delimiter)
    read = [tuple(line.cells.values()) for line in source.lines if isinstance(line, Line)]
    expected = [tuple(cell if cell.strip() else None for cell in row) for row in rows]
    assert read == [row for row in expected if any(row)]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        source = read_csv("file.csv", content)
    except InvalidInput:
        return
    for line in source.lines:
        if isinstance(line, Unreadable):
            assert line.reason
        else:
            assert len(line.cells) == len(source.columns)
