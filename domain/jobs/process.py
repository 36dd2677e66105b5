"""A solver process: ``python -m domain.jobs.process``; reads tasks from its standard input until that ends.

It runs at low priority, so that a server on the same cores goes on answering. When its owner goes, however
that happens, the pipe closes and the process ends, in the midst of a task as well.
"""

import contextlib
import gc
import os
import queue
import signal
import sys
import threading
from importlib import import_module
from typing import BinaryIO

import orjson

from domain.jobs.frames import Frame, FrameKind, packed, read_frame
from domain.jobs.tasks import resolve

_NICENESS = 10
_PRELOADED = ("numpy", "scipy.optimize", "scipy.sparse", "networkx", "numba", "domain.planning.placing")
"""What takes seconds to import, and would count as time of the first task."""


def _read(stream: BinaryIO, frames: "queue.SimpleQueue[Frame]") -> None:
    while (frame := read_frame(stream)) is not None:
        frames.put(frame)
    os._exit(0)


def _answer(frame: Frame, output: BinaryIO) -> bytes:
    path, _, rest = frame.body.partition(b"\n")
    seconds, _, payload = rest.partition(b"\n")
    # should the owner hang, too, the kernel ends what runs away
    signal.setitimer(signal.ITIMER_REAL, float(seconds) + 10)

    def report(progress: bytes) -> None:
        output.write(packed(FrameKind.PROGRESS, progress))
        output.flush()

    try:
        return packed(FrameKind.RESULT, resolve(path.decode())(payload, report))
    except MemoryError:
        return packed(FrameKind.FAILURE, orjson.dumps(["MemoryError", "There was not enough memory."]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner is told
        return packed(FrameKind.FAILURE, orjson.dumps([type(error).__name__, str(error)]))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    """Do tasks until the owner goes."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # solvers may print; only frames go to the owner
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for module in _PRELOADED:
        import_module(module)
    frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, frames), daemon=True).start()
    output.write(packed(FrameKind.READY))
    output.flush()
    while True:
        answer = _answer(frames.get(), output)
        output.write(answer)
        output.flush()
        del answer
        gc.collect()


if __name__ == "__main__":
    main()
