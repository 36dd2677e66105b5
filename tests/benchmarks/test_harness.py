import gc
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.harness import Measurement, instances, median_seconds


@pytest.mark.parametrize(
    ("figure", "better", "verdict"),
    [
        (0.5, "lower", "ok"),
        (1.0, "lower", "ok"),
        (1.1, "lower", "short"),
        (1.0, "higher", "ok"),
        (0.9, "higher", "short"),
    ],
)
def test_goal_is_reached_from_its_better_side(figure: float, better: str, verdict: str) -> None:
    measured = Measurement("x", figure, "s", 1.0, better)  # type: ignore[arg-type]
    assert measured.verdict == verdict


def test_what_was_skipped_says_why() -> None:
    skipped = Measurement("x", None, "s", 1.0, "lower", "no instances here")
    assert skipped.verdict == "skipped"
    assert "skipped" in skipped.line()
    assert "no instances here" in skipped.line()


def test_median_runs_the_function_so_often_and_without_garbage_collection() -> None:
    collecting = []
    seconds = median_seconds(lambda: collecting.append(gc.isenabled()), repeats=3)
    assert collecting == [False, False, False]
    assert seconds >= 0
    assert gc.isenabled()


def test_instances_are_found_in_the_shared_folder_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPCHANGE_SHARED", str(tmp_path))
    assert instances("some.jsonl") is None
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "some.jsonl").touch()
    assert instances("some.jsonl") == tmp_path / "bench" / "some.jsonl"


def test_unknown_benchmark_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no such benchmark"]) == 1
    assert "no such benchmark" in capsys.readouterr().err
