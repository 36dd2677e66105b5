"""Which column is which field."""

from typing import Any

import pytest

from domain.errors import InvalidInput
from domain.interchange.fields import DEPENDENCY_VOCABULARY, INITIATIVE_VOCABULARY
from domain.interchange.mapping import FileMapping, bind
from domain.interchange.reading import ReadingOptions, SourceFile, read_source
from domain.interchange.source import Line


def _bind(content: str, name: str = "f.csv", /, **options: Any) -> tuple[FileMapping, list[Any]]:
    reading = ReadingOptions(**options)
    source = read_source(SourceFile(name, content.encode()), reading)
    mapping = bind(source, INITIATIVE_VOCABULARY, reading)
    lines = [line for line in source.lines if isinstance(line, Line)]
    return mapping, [mapping.cells(line) for line in lines if mapping.wants(line)]


def test_headings_that_name_a_field_are_that_field() -> None:
    mapping, lines = _bind(
        "External ID,Title,duration-weeks,Score:reach,Demand: Data  Platform,Mood\n1,A,2,7,3,good\n"
    )
    assert lines == [
        {
            "external_id": "1",
            "title": "A",
            "duration_weeks": "2",
            "score:reach": "7",
            "demand:Data Platform": "3",
        }
    ]
    assert mapping.use.unmapped == ("Mood",)


def test_columns_are_named_exactly_by_their_words_or_by_a_pattern() -> None:
    mapping, lines = _bind(
        '"Key ",Name=Title,"Start\n (latest approved, see notes)",Cost\n1,A,2026-01-01,7\n',
        columns=("key=external_id", "Name=Title=title", "start*=earliest_start", "Cost=-"),
    )
    assert lines == [{"external_id": "1", "title": "A", "earliest_start": "2026-01-01"}]
    assert mapping.use.mapped == (
        ("Key", "external_id"),
        ("Name=Title", "title"),
        ("Start (latest approved, see notes)", "earliest_start"),
    )
    assert (mapping.use.ignored, mapping.use.unmapped) == (("Cost",), ())


def test_what_is_named_goes_before_what_fits_by_itself() -> None:
    mapping, lines = _bind(
        "external_id,title,Summary,team\n1,A,B,C\n", columns=("Summary=title", "team=category")
    )
    assert lines == [{"external_id": "1", "title": "B", "category": "C"}]
    assert mapping.use.unmapped == ("title",)


def test_one_column_may_be_two_fields() -> None:
    _, lines = _bind("Name\nA\n", columns=("Name=external_id", "Name=title"))
    assert lines == [{"external_id": "A", "title": "A"}]


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        (
            "external_id,x\n",
            ("x=colour",),
            "--map “x=colour”: there is no field colour. The fields are external_id, title, ",
        ),
        (
            "external_id,x\n",
            ("y=title",),
            "--map “y=title”: f.csv has no column “y”. Its columns are: external_id, x.",
        ),
        ("external_id,xa,xb\n", ("x*=title",), "--map “x*=title”: “x*” is not one column but 2: “xa”, “xb”."),
        ("external_id,x\n", ("x",), "--map “x” is to be “their column=our field”."),
        (
            "external_id,x,y\n",
            ("x=title", "y=title"),
            "title gets two columns, “x” and “y”; map one of them elsewhere, or leave it out with --map “y=-”.",
        ),
        (
            "External ID,external_id\n",
            (),
            (
                "external_id gets two columns, “External ID” and “external_id”; map one of them elsewhere, or"
                " leave it out with --map “external_id=-”."
            ),
        ),
        (
            "Key,title\n",
            (),
            (
                "No column of f.csv is external_id: name it, as in --map “Key=external_id”. Its columns are: Key,"
                " title."
            ),
        ),
        (
            "external_id,Unit\n",
            ("Unit=cost_unit",),
            "cost_unit says something about cost, and no column is cost.",
        ),
    ],
)
def test_what_does_not_fit_is_refused(content: str, columns: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        _bind(content, columns=columns)
    assert raised.value.message.startswith(message)


def test_a_companion_without_its_leader_is_just_not_used() -> None:
    mapping, lines = _bind("external_id,cost_unit\n1,EUR\n")
    assert lines == [{"external_id": "1"}]
    assert mapping.use.unmapped == ("cost_unit",)


def test_absent_is_not_null() -> None:
    _, lines = _bind(
        '{"external_id": "1", "title": null}\n{"external_id": "2", "x": {"t": "T"}}\n{"external_id": "3", "x": {}}\n',
        "f.jsonl",
        columns=("x.t=team",),
    )
    assert lines == [
        {"external_id": "1", "title": None},
        {"external_id": "2", "team": "T"},
        {"external_id": "3"},
    ]


def test_lists_of_objects_are_taken_apart() -> None:
    mapping, lines = _bind(
        '{"external_id": "1", "x": {"asks": [{"team": "A", "size": "Small"}, {"team": "B", "by": "C"}], "y": {"z": 1}}}'
        '\n{"external_id": "2", "x": {}}\n',
        "f.jsonl",
        columns=("x.asks[].team=demand.team", "x.asks[].size=demand.person_weeks"),
        translations=("demand.person_weeks:small=1..2..4",),
    )
    assert lines == [
        {"external_id": "1", "demand.team": ["A", "B"], "demand.person_weeks": ["1..2..4", None]},
        {"external_id": "2"},
    ]
    assert mapping.use.unmapped == ("x.asks[].by", "x.y")


def test_lines_are_selected_by_alternatives_within_and_together_across_columns() -> None:
    content = "external_id,kind,year\n1,goal,2026\n2,Goal,2025\n3,idea,2026\n4,task,2026\n5,,2026\n"

    def ids(*where: str) -> list[str]:
        return [line["external_id"] for line in _bind(content, where=where)[1]]

    assert ids("kind=goal") == ["1", "2"]
    assert ids("kind=goal", "kind=ide*") == ["1", "2", "3"]
    assert ids("kind=*a*", "year=2026") == ["1", "3", "4"]
    assert ids("kind=") == ["5"]


def test_a_pattern_has_no_other_signs_than_the_asterisk() -> None:
    content = "external_id,team\n1,[lang]\n2,l\n3,a.b\n4,axb\n"
    assert [line["external_id"] for line in _bind(content, where=("team=[lang]", "team=a.b"))[1]] == [
        "1",
        "3",
    ]


def test_words_are_translated_and_unknown_ones_become_nothing() -> None:
    _, lines = _bind(
        "external_id,state,cost,title\n1,Done,TBD,Exempt goods\n2, in  Progress,7,B\n3,Odd,n/a,C\n",
        translations=("state:done=completed", "state:In progress=active", "state:*="),
        unknown=("TBD", "N/A"),
    )
    assert lines == [
        {"external_id": "1", "state": "completed", "cost": None, "title": "Exempt goods"},
        {"external_id": "2", "state": "active", "cost": "7", "title": "B"},
        {"external_id": "3", "state": None, "cost": None, "title": "C"},
    ]


def test_a_translation_can_keep_parts_of_the_text() -> None:
    content = 'external_id,cost\n1,"Low: 1.5, Mid: 2.5, High: 4"\n2,"Mid: 7, High: 9"\n3,12\n'
    translations = (r"cost:Low: *, Mid: *, High: *=\1..\2..\3", r"cost:mid: *, high: *=\1")
    _, lines = _bind(content, translations=translations)
    assert [line["cost"] for line in lines] == ["1.5..2.5..4", "7", "12"]


def test_families_are_translated_by_their_full_name() -> None:
    _, lines = _bind("external_id,score:reach\n1,High: yes\n", translations=("score:reach:High: yes=9",))
    assert lines == [{"external_id": "1", "score:reach": "9"}]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("translations", "state", "--value “state” is to be “our field:their value=our value”."),
        (
            "translations",
            "mood:good=1",
            "--value “mood:good=1” is to be “our field:their value=our value”: there is",
        ),
        (
            "translations",
            r"cost:*=\2",
            r"--value “cost:*=\2” is to be “our field:their value=our value”: its right",
        ),
        ("where", "team", "--where “team” is to be “their column=pattern”."),
        ("where", "year=1", "--where “year=1”: f.csv has no column “year”."),
    ],
)
def test_options_that_say_nothing_are_refused(option: str, value: str, message: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        _bind("external_id,team\n1,A\n", **{option: (value,)})
    assert raised.value.message.startswith(message)


@pytest.mark.parametrize("name", ["goals.xls", "goals"])
def test_files_of_other_formats_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="has no known ending"):
        _bind("", name)


def test_every_field_is_found_by_its_own_name() -> None:
    for vocabulary in (INITIATIVE_VOCABULARY, DEPENDENCY_VOCABULARY):
        names = [*vocabulary.fields, *(f"{family}X y" for family in vocabulary.families)]
        names += [f"{field}.{part}" for field, parts in vocabulary.members.items() for part in parts]
        assert [vocabulary.find(name) for name in names] == names
    assert INITIATIVE_VOCABULARY.find("score:") is None
    assert INITIATIVE_VOCABULARY.find("demand.colour") is None


def test_patterns_look_at_texts_and_not_into_objects() -> None:
    _, lines = _bind(
        '{"external_id": "1", "demand": [{"team": "n/a"}, {"team": "B"}], "scores": {"a": "n/a"}}\n',
        "f.jsonl",
        unknown=("*n/a*",),
    )
    assert lines == [{"external_id": "1", "demand": [{"team": "n/a"}, {"team": "B"}], "scores": {"a": "n/a"}}]
