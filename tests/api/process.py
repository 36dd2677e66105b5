"""The real ``stepchange`` as a process, with an environment of its own."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMMAND = Path(sys.executable).with_name("stepchange")

_START_SECONDS = 120
_STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Process:
    """A running ``stepchange serve``."""

    popen: subprocess.Popen[bytes]
    out_file: Path
    err_file: Path

    @property
    def out(self) -> str:
        """What it has printed so far."""
        return self.out_file.read_text()

    @property
    def err(self) -> str:
        """Its log, and its errors."""
        return self.err_file.read_text()

    @property
    def url(self) -> str:
        """Where it listens."""
        found = re.search(r"GraphQL  (http://\S+)/graphql", self.out)
        assert found is not None, self.out
        return found[1]

    @property
    def token(self) -> str:
        """The local development token that it shows."""
        found = re.search(r"Token    (sc_\S+)", self.out)
        assert found is not None, self.out
        return found[1]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and wait; returns its exit code."""
        self.popen.send_signal(number)
        return self.popen.wait(_STOP_SECONDS)


@contextlib.contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Process]:
    """``stepchange serve`` on a free port, from when it is ready; ended at the latest with the block."""
    process = start(folder, **settings)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while "Ctrl-C stops the server" not in process.out:
            assert process.popen.poll() is None, process.out + process.err
            assert time.monotonic() < deadline, process.out + process.err
            time.sleep(0.05)
        yield process
    finally:
        if process.popen.poll() is None:
            try:
                process.stop()
            except subprocess.TimeoutExpired:
                process.popen.kill()
                process.popen.wait()


def start(folder: Path, **settings: str) -> Process:
    """``stepchange serve`` as it starts; settings are without their prefix."""
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("*.out")))
    out_file, err_file = folder / f"{number}.out", folder / f"{number}.err"
    with out_file.open("wb") as out, err_file.open("wb") as err:
        popen = subprocess.Popen(
            [COMMAND, "serve"], stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment(**settings)
        )
    return Process(popen, out_file, err_file)


def refused(folder: Path, **settings: str) -> tuple[int, str]:
    """Exit code and error of a ``stepchange serve`` that does not get to run."""
    process = start(folder, **settings)
    try:
        code = process.popen.wait(_START_SECONDS)
    finally:
        if process.popen.poll() is None:
            process.popen.kill()
            process.popen.wait()
    return code, process.err


def environment(**settings: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STEPCHANGE_")}
    given = {"port": "0", "log_format": "json", "warm_up": "false"} | settings
    return kept | {f"STEPCHANGE_{name.upper()}": value for name, value in given.items()}
