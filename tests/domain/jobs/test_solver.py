"""Solver processes: they answer, report, take turns, and can be killed."""

import asyncio
import time
from collections.abc import AsyncIterator

import psutil
import pytest

from domain.jobs.solver import SolverBusy, SolverFailed, SolverKilled, SolverPool
from domain.jobs.tasks import TASKS, resolve
from tests.domain.jobs import computations


@pytest.fixture
async def pool() -> AsyncIterator[SolverPool]:
    pool = SolverPool(tasks=computations.TASKS, memory_bytes=512 * 1024**2, max_waiting=3)
    yield pool
    await pool.close()


def test_every_registered_task_can_be_imported() -> None:
    for path in TASKS.values():
        assert callable(resolve(path))


async def test_a_process_answers_reports_in_order_and_is_used_again(pool: SolverPool) -> None:
    seen: list[bytes] = []

    async def note(progress: bytes) -> None:
        seen.append(progress)

    payload = bytes(range(256)) * 5_000
    assert await pool.run("reverse", payload, seconds=60, on_progress=note) == payload[::-1]
    assert b"".join(seen) == payload[:10]
    first, niceness = (await pool.run("whose", b"", seconds=60)).split()
    assert int(niceness) >= 10
    assert (await pool.run("whose", b"", seconds=60)).split()[0] == first
    with pytest.raises(SolverFailed, match="ValueError: no such thing") as failure:
        await pool.run("fail", b"no such thing", seconds=60)
    assert failure.value.kind == "ValueError"
    assert (await pool.run("whose", b"", seconds=60)).split()[0] == first
    with pytest.raises(SolverFailed, match="ended unexpectedly"):
        await pool.run("die", b"", seconds=60)
    assert (await pool.run("whose", b"", seconds=60)).split()[0] != first


async def test_what_runs_away_is_killed_at_its_limits(pool: SolverPool) -> None:
    pids: list[int] = []

    async def note(progress: bytes) -> None:
        pids.append(int(progress))

    await pool.run("reverse", b"", seconds=60)
    began = time.monotonic()
    with pytest.raises(SolverKilled, match=r"longer than 0\.3 seconds"):
        await pool.run("sleep", b"30", seconds=0.3, on_progress=note)
    assert time.monotonic() - began < 5
    with pytest.raises(SolverKilled, match="more than 512 MiB"):
        await pool.run("swell", b"700", seconds=20)
    begun = asyncio.Event()

    async def note_and_tell(progress: bytes) -> None:
        pids.append(int(progress))
        begun.set()

    running = asyncio.create_task(pool.run("sleep", b"30", seconds=60, on_progress=note_and_tell))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert await pool.run("reverse", b"ab", seconds=60) == b"ba"


async def test_those_who_wait_take_turns_and_too_many_are_refused(pool: SolverPool) -> None:
    done: list[str] = []

    async def ask(key: str, name: str) -> None:
        await pool.run("sleep", b"0.05", seconds=60, key=key)
        done.append(name)

    await pool.run("reverse", b"", seconds=60)
    tasks = [asyncio.create_task(ask("ours", f"ours {number}")) for number in range(4)]
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(ask("theirs", "theirs 0"))]
    await asyncio.sleep(0)
    with pytest.raises(SolverBusy, match="3 computations"):
        await pool.run("reverse", b"", seconds=60, key="ours")
    given_up = asyncio.create_task(ask("third", "third"))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(*tasks)
    assert done == ["ours 0", "ours 1", "theirs 0", "ours 2", "ours 3"]
    assert await pool.run("reverse", b"ab", seconds=60, key="third") == b"ba"


async def test_a_process_ends_with_its_owner(pool: SolverPool) -> None:
    pids: list[int] = []
    begun = asyncio.Event()

    async def note(progress: bytes) -> None:
        pids.append(int(progress))
        begun.set()

    running = asyncio.create_task(pool.run("sleep", b"30", seconds=60, on_progress=note))
    await begun.wait()
    process = psutil.Process(pids[0])
    # what the kernel does when the owner is killed: the pipe is closed
    stdin = next(iter(pool._running)).handle.stdin
    assert stdin is not None
    stdin.close()
    assert await asyncio.to_thread(process.wait, 10) is None or not process.is_running()
    with pytest.raises(SolverFailed):
        await running
