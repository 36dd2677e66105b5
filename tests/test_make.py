"""From nothing but Python and make: which Python is taken, when .venv is complete, what the locks hold."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent

OLD = "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'Python 3.9.2'; exit 0; fi\nexit 1\n"
NEW = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
BROKEN = "#!/bin/sh\necho 'no such version is installed' >&2\nexit 127\n"

Find = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Looks for a Python where only the given ones are."""

    def find(wanted: str = "", **pythons: str) -> subprocess.CompletedProcess[str]:
        for tool in ("sh", "head"):
            (tmp_path / tool).symlink_to(
                f"/usr/bin/{tool}" if Path(f"/usr/bin/{tool}").exists() else f"/bin/{tool}"
            )
        for name, script in pythons.items():
            path = tmp_path / name.replace("_", ".")
            path.write_text(script)
            path.chmod(0o755)
        return subprocess.run(
            ["/bin/sh", ROOT / ".ci" / "python", wanted],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return find


@pytest.mark.parametrize(
    ("pythons", "taken"),
    [
        ({"python3": NEW}, "python3"),
        ({"python3": OLD, "python3_12": NEW}, "python3.12"),
        ({"python3": BROKEN, "python3_13": BROKEN, "python3_11": NEW}, "python3.11"),
        ({"python": NEW}, "python"),
    ],
)
def test_the_first_python_that_is_new_enough_and_works_is_taken(
    find: Find, pythons: dict[str, str], taken: str
) -> None:
    done = find(**pythons)
    assert (done.returncode, done.stdout) == (0, f"{taken}\n")


def test_without_a_python_it_says_what_to_do(find: Find) -> None:
    done = find(python3=OLD)
    assert done.returncode == 2
    assert "needs Python 3.11 or newer; found: Python 3.9.2" in done.stderr
    assert "make run PYTHON=" in done.stderr


def test_a_python_that_was_named_is_taken_or_refused(find: Find) -> None:
    refused = find("python3.9", python3=NEW, python3_9=OLD)
    assert refused.returncode == 2
    assert "PYTHON=python3.9 is no Python 3.11 or newer (Python 3.9.2)" in refused.stderr


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that makes .venv, over a folder with a complete one."""
    specification = importlib.util.spec_from_file_location("environment", ROOT / ".ci" / "environment.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    venv = tmp_path / ".venv"
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "STAMP": venv / "stamp.json",
        "UNFINISHED": venv / "unfinished",
        "PYTHON": Path(sys.executable),
    }.items():
        monkeypatch.setattr(module, name, value)
    venv.mkdir()
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    module.STAMP.write_text(json.dumps({"dev": module.fingerprint("dev")}))
    return module


def test_a_development_environment_serves_for_running_too(environment: ModuleType) -> None:
    assert environment.is_complete("dev", exact=True)
    assert environment.is_complete("runtime", exact=True)
    environment.STAMP.write_text(json.dumps({"runtime": environment.fingerprint("runtime")}))
    assert environment.is_complete("runtime", exact=False)
    assert not environment.is_complete("dev", exact=False)


@pytest.mark.parametrize("changed", ["requirements-dev.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_again(environment: ModuleType, changed: str) -> None:
    (environment.ROOT / changed).write_text("something else")
    assert not environment.is_complete("dev", exact=False)


def test_an_installation_that_did_not_end_is_noticed(environment: ModuleType) -> None:
    environment.UNFINISHED.touch()
    assert not environment.is_complete("dev", exact=False)


@pytest.mark.parametrize("stamp", ["", "{", "[]", "{}"])
def test_half_a_stamp_is_none(environment: ModuleType, stamp: str) -> None:
    environment.STAMP.write_text(stamp)
    assert not environment.is_complete("dev", exact=False)


def test_a_python_that_went_away_is_noticed(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "PYTHON", environment.VENV / "bin" / "python")
    assert not environment.is_complete("dev", exact=False)


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text()
    blocks = re.findall(
        r"^([a-z0-9-]+)==(\S+)(?: ; [^\\\n]*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        text,
        re.MULTILINE,
    )
    assert len(blocks) == len(re.findall(r"^\S+==", text, re.MULTILINE)), "something is locked without a hash"
    return {package: version for package, version, _ in blocks}


def test_locks_are_hashed_without_addresses_and_agree() -> None:
    runtime, dev = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert runtime.items() <= dev.items()
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text()
        assert not re.search(r"^--(index|find|extra|trusted)", (ROOT / name).read_text(), re.MULTILINE)


def test_everything_that_the_project_needs_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, dev = _locked("requirements.lock"), _locked("requirements-dev.lock")

    def names(requirements: list[object]) -> set[str]:
        return {re.split(r"[\[<>=~! ;]", text)[0] for text in requirements if isinstance(text, str)}

    assert names(project["project"]["dependencies"]) <= runtime.keys()
    assert names(project["dependency-groups"]["build"]) <= runtime.keys()
    assert names(project["dependency-groups"]["dev"]) <= dev.keys()


def test_make_tells_what_there_is() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = [line.split()[1] for line in done.stdout.splitlines()]
    assert told == ["help", "run", "test", "lint", "check", "bench", "lock", "clean"]
