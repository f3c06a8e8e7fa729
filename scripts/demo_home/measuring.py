"""What some work costs: database, event loop, memory, and requests to Exist."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import gc
from pathlib import Path
import threading
import time
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from homeassistant.components.recorder.const import DB_WORKER_PREFIX
from homeassistant.components.recorder.core import Recorder

TICK_SECONDS = 0.001

type Counts = Callable[[], Awaitable[dict[str, int]]]


@dataclass(slots=True)
class Cost:
    """What was spent from the begin to the end of some work."""

    queries: int = 0
    jobs: int = 0
    """Tasks for the recorder's executor."""
    off_loop: float = 0.0
    off_loop_cpu: float = 0.0
    stall: float = 0.0
    """The longest time in which the event loop did nothing else."""
    turn: float = 0.0
    """The most CPU that the loop's thread used in a stall, less what collecting took."""
    stall_cpu: float = 0.0
    """The most CPU that the whole process used in a stall: without other work on the
    machine it would have been no longer."""
    collection: float = 0.0
    """The longest garbage collection, in which no thread goes on."""
    collection_cpu: float = 0.0
    """The most CPU that one used."""
    seconds: float = 0.0
    cpu: float = 0.0
    """Of the whole process."""
    values: int = 0
    """Days that Exist confirmed."""
    written: int = 0
    """States that our entities wrote, equal ones too."""
    requests: Counter[str] = field(default_factory=Counter)

    @property
    def sent(self) -> int:
        """All requests to Exist."""
        return self.requests.total()


@asynccontextmanager
async def measured(recorder: Recorder, counts: Counts) -> AsyncGenerator[Cost]:
    """Measure what is done inside, as long as it takes to be finished."""
    cost, before = Cost(), await counts()
    done = asyncio.Event()

    def count(*_: object) -> None:
        # The recorder's own thread writes meanwhile, whoever asks.
        if threading.current_thread().name.startswith(DB_WORKER_PREFIX):
            cost.queries += 1

    add_job = Recorder.async_add_executor_job

    def timed(self: Recorder, target: Callable[..., Any], *args: Any) -> Any:
        def job() -> Any:
            began, began_cpu = time.perf_counter(), time.thread_time()
            try:
                return target(*args)
            finally:
                cost.off_loop += time.perf_counter() - began
                cost.off_loop_cpu += time.thread_time() - began_cpu

        cost.jobs += 1
        return add_job(self, job)

    loop_thread = threading.get_ident()
    collected_cpu = 0.0

    async def tick() -> None:
        while not done.is_set():
            began, began_cpu = time.perf_counter(), time.thread_time() - collected_cpu
            began_all = time.process_time()
            await asyncio.sleep(TICK_SECONDS)
            late = time.perf_counter() - began - TICK_SECONDS
            cost.stall = max(cost.stall, late)
            used = time.process_time() - began_all
            cost.stall_cpu = max(cost.stall_cpu, min(late, used))
            turn = time.thread_time() - collected_cpu - began_cpu
            cost.turn = max(cost.turn, turn)

    collecting: list[tuple[float, float]] = []

    def collect(phase: str, _: object) -> None:
        nonlocal collected_cpu
        if phase == "start":
            collecting.append((time.perf_counter(), time.thread_time()))
        elif collecting:
            begun, begun_cpu = collecting.pop()
            cost.collection = max(cost.collection, time.perf_counter() - begun)
            used = time.thread_time() - begun_cpu
            cost.collection_cpu = max(cost.collection_cpu, used)
            if threading.get_ident() == loop_thread:
                collected_cpu += used

    ticking = asyncio.create_task(tick())
    gc.callbacks.append(collect)
    event.listen(recorder.engine, "before_cursor_execute", count)
    began, began_cpu = time.perf_counter(), time.process_time()
    try:
        with patch.object(Recorder, "async_add_executor_job", timed):
            yield cost
        cost.seconds = time.perf_counter() - began
        cost.cpu = time.process_time() - began_cpu
    finally:
        gc.callbacks.remove(collect)
        event.remove(recorder.engine, "before_cursor_execute", count)
        done.set()
        await ticking
    cost.requests = Counter(await counts())
    cost.requests.subtract(before)
    cost.requests = +cost.requests


def resident() -> int:
    """Return the bytes that the process has in memory, where the system tells."""
    return _of_process("VmRSS")


def highest_resident() -> int:
    """Return the most that it had since `resident_from_here`, where the system tells."""
    return _of_process("VmHWM")


def resident_from_here() -> int:
    """Return what the process has, and let the highest begin anew with it."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return resident()


def _of_process(key: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(each.split()[1]) for each in lines if each.startswith(key)) * 1024
