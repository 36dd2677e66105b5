"""What the tests let a solver process do."""

import os
import time
from collections.abc import Callable

Report = Callable[[bytes], None]


def reverse(payload: bytes, report: Report) -> bytes:
    """The payload backwards, with one report for each byte."""
    for byte in payload[:10]:
        report(bytes([byte]))
    return payload[::-1]


def whose(payload: bytes, report: Report) -> bytes:
    """The id and the niceness of the process."""
    print("a solver may print")  # noqa: T201 - that is what is tested
    return f"{os.getpid()} {os.nice(0)}".encode()


def sleep(payload: bytes, report: Report) -> bytes:
    """Report the process, then sleep for so many seconds."""
    report(str(os.getpid()).encode())
    time.sleep(float(payload))
    return b"rested"


def fail(payload: bytes, report: Report) -> bytes:
    """Raise."""
    raise ValueError(payload.decode())


def die(payload: bytes, report: Report) -> bytes:
    """End the process."""
    os._exit(3)


def swell(payload: bytes, report: Report) -> bytes:
    """Take so many MiB, and keep them for a while."""
    block = bytearray(int(payload) * 1024**2)
    block[::4096] = b"x" * len(block[::4096])
    time.sleep(20)
    return b""


TASKS = {
    name: f"tests.domain.jobs.computations:{name}"
    for name in ("reverse", "whose", "sleep", "fail", "die", "swell")
}
