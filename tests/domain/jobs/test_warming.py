"""Warming up compiles what plans need, for all processes to come."""

from pathlib import Path

from domain.jobs.warming import warm_up
from prioritisation import schedule_decoding, schedule_search, selection_search, sidney


def test_warming_up_leaves_machine_code_for_other_processes() -> None:
    assert warm_up(b"", lambda _progress: None) == b""
    for module in (sidney, schedule_decoding, schedule_search, selection_search):
        assert module.__file__ is not None
        source = Path(module.__file__)
        assert list(source.parent.glob(f"__pycache__/{source.stem}.*.nbi")), module.__name__
