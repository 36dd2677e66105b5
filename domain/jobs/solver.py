"""Heavy computations in processes of their own, which can be killed, and which hold up nobody.

A thread would not do: solvers hold the interpreter for seconds, and can't be stopped.
"""

import asyncio
import contextlib
import os
import sys
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson
import psutil
import structlog

from domain.errors import DomainError
from domain.jobs.frames import HEADER, Frame, FrameKind, packed
from domain.jobs.tasks import TASKS

log = structlog.stdlib.get_logger("stepchange.solver")

START_SECONDS = 60.0
"""How long a process may take to start, on a busy machine."""

MEMORY_BYTES = 1024**3
"""What one solver process may take."""

_WATCH_SECONDS = 0.2
_MOST_WAITING = 32
_RECYCLED_BYTES = 600 * 1024**2
_DIED = "ProcessDied"


class SolverKilled(DomainError):
    """A computation took more time or memory than it may, and was ended."""

    code = "COMPUTATION_TOO_LARGE"


class SolverBusy(DomainError):
    """Too many computations of one organisation wait already."""

    code = "TOO_MANY_COMPUTATIONS"


class SolverFailed(Exception):
    """A computation ended with an error of its own: a fault, and not for users to read."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


@dataclass(eq=False, slots=True)
class _Process:
    handle: asyncio.subprocess.Process
    watched: psutil.Process

    async def read(self) -> Frame:
        output = self.handle.stdout
        assert output is not None  # noqa: S101 - it is piped
        kind, length = HEADER.unpack(await output.readexactly(HEADER.size))
        return Frame(FrameKind(kind), await output.readexactly(length))

    async def write(self, data: bytes) -> None:
        pipe = self.handle.stdin
        assert pipe is not None  # noqa: S101 - it is piped
        pipe.write(data)
        await pipe.drain()

    def memory(self) -> int:
        try:
            return int(self.watched.memory_info().rss)
        except psutil.Error:
            return 0

    @property
    def alive(self) -> bool:
        return self.handle.returncode is None

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.handle.kill()
        await self.handle.wait()


class SolverPool:
    """Runs registered computations, ``processes`` at a time, and lets those who wait take turns.

    Processes start when they are first needed, and are used again. Whoever asks under a ``key`` (the
    organisation) takes turns with the others: many computations of one delay another's by one at most.
    """

    def __init__(
        self,
        *,
        processes: int = 1,
        memory_bytes: int = MEMORY_BYTES,
        max_waiting: int = _MOST_WAITING,
        tasks: Mapping[str, str] = TASKS,
    ) -> None:
        self._tasks = tasks
        self._free = processes
        self._memory_bytes = memory_bytes
        self._max_waiting = max_waiting
        self._idle: list[_Process] = []
        self._running: set[_Process] = set()
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    async def run(
        self,
        task: str,
        payload: bytes,
        *,
        seconds: float,
        key: Hashable = None,
        on_progress: Callable[[bytes], Awaitable[None]] | None = None,
    ) -> bytes:
        """What a task makes of a payload.

        When the caller is cancelled, the process is killed. Time counts from when it begins, not while it
        waits for its turn.

        Raises
        ------
        SolverBusy
            When too many of the same key wait already.
        SolverKilled
            After ``seconds``, or above the limit of memory.
        SolverFailed
            When the task raised an error, or its process died.
        """
        path = self._tasks[task]
        async with self._turn(key):
            process = await self._process()
            self._running.add(process)
            finished = False
            try:
                watch = asyncio.create_task(self._watch(process))
                try:
                    async with asyncio.timeout(seconds):
                        result = await self._exchange(process, path, payload, seconds, on_progress)
                except TimeoutError:
                    raise SolverKilled(
                        f"The computation took longer than {seconds:g} seconds and was ended. Give it more"
                        " time, or a smaller question."
                    ) from None
                except (asyncio.IncompleteReadError, ConnectionError):
                    raise self._death(process, watch) from None
                finally:
                    watch.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await watch
            except SolverFailed as failure:
                finished = failure.kind != _DIED
                raise
            else:
                finished = True
                return result
            finally:
                self._running.discard(process)
                # also when the caller is cancelled: nothing of it goes on
                if finished and process.memory() < min(_RECYCLED_BYTES, self._memory_bytes):
                    self._idle.append(process)
                else:
                    await asyncio.shield(process.end())

    async def close(self) -> None:
        """End the processes that wait for work."""
        while self._idle:
            await self._idle.pop().end()

    async def _exchange(
        self,
        process: _Process,
        path: str,
        payload: bytes,
        seconds: float,
        on_progress: Callable[[bytes], Awaitable[None]] | None,
    ) -> bytes:
        await process.write(packed(FrameKind.TASK, b"%s\n%.3f\n%s" % (path.encode(), seconds, payload)))
        while True:
            frame = await process.read()
            if frame.kind is FrameKind.RESULT:
                return frame.body
            if frame.kind is FrameKind.FAILURE:
                kind, message = orjson.loads(frame.body)
                raise SolverFailed(kind, message)
            if frame.kind is FrameKind.PROGRESS and on_progress is not None:
                await on_progress(frame.body)

    async def _watch(self, process: _Process) -> bool:
        """Kill a process that takes too much memory; True when it did."""
        while process.alive:
            if process.memory() > self._memory_bytes:
                process.handle.kill()
                return True
            await asyncio.sleep(_WATCH_SECONDS)
        return False

    def _death(self, process: _Process, watch: "asyncio.Task[bool]") -> Exception:
        if watch.done() and not watch.cancelled() and watch.result():
            return SolverKilled(
                f"The computation took more than {self._memory_bytes // 1024**2} MiB of memory and was"
                " ended. Ask a smaller question."
            )
        log.warning("solver_died", pid=process.handle.pid, returncode=process.handle.returncode)
        return SolverFailed(_DIED, "The process of the computation has ended unexpectedly.")

    async def _process(self) -> _Process:
        while self._idle:
            process = self._idle.pop()
            if process.alive:
                return process
        handle = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "domain.jobs.process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            # signals of the terminal are for the server, which then ends its processes itself
            start_new_session=True,
        )
        process = _Process(handle, psutil.Process(handle.pid))
        try:
            async with asyncio.timeout(START_SECONDS):
                await process.read()
        except (TimeoutError, asyncio.IncompleteReadError):
            await process.end()
            raise SolverFailed(_DIED, "A process for the computation did not start.") from None
        except BaseException:
            await asyncio.shield(process.end())
            raise
        return process

    @asynccontextmanager
    async def _turn(self, key: Hashable) -> AsyncIterator[None]:
        if self._free > 0 and not self._waiting:
            self._free -= 1
        else:
            await self._wait(key)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, key: Hashable) -> None:
        queue = self._waiting.setdefault(key, deque())
        if len(queue) >= self._max_waiting:
            raise SolverBusy(
                f"{len(queue)} computations of your organisation wait already. Try again when some are done."
            )
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()
            else:
                self._forget(key, turn)
            raise

    def _forget(self, key: Hashable, turn: asyncio.Future[None]) -> None:
        queue = self._waiting.get(key)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._waiting[key]

    def _pass_on(self) -> None:
        """Give the turn to the key that has waited longest; its next one queues up behind the others."""
        while self._waiting:
            key, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._waiting[key] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
