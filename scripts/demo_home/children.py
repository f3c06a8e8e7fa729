"""The processes of the demo: none of them outlives it."""

import asyncio
from collections.abc import Awaitable
import contextlib
import ctypes
import os
from pathlib import Path
import signal
import socket
import sys

import aiohttp

STOP_SECONDS = 20
TAIL_LINES = 30


class DemoError(Exception):
    """Something that the person at the terminal has to know."""


class Child:
    """One process in a process group of its own, with its output in a file."""

    def __init__(
        self, name: str, process: asyncio.subprocess.Process, log: Path
    ) -> None:
        """Take over a process that was just started."""
        self.name = name
        self._process = process
        self._log = log

    @classmethod
    async def start(cls, name: str, *command: str, cwd: Path, log: Path) -> Child:
        """Start a process."""
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        return cls(name, process, log)

    async def ended(self) -> DemoError:
        """Wait until the process ends by itself, and say so."""
        code = await self._process.wait()
        return DemoError(f"{self.name} ended with code {code}. It said:\n{self.tail()}")

    async def while_alive[T](self, work: Awaitable[T]) -> T:
        """Do the work, unless the process ends meanwhile."""
        task = asyncio.ensure_future(work)
        watch = asyncio.ensure_future(self.ended())
        try:
            await asyncio.wait((task, watch), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise watch.result()
            return task.result()
        except (aiohttp.ClientError, TimeoutError) as err:
            raise DemoError(
                f"{self.name} does not answer ({err!r}). It said:\n{self.tail()}"
            ) from err
        finally:
            task.cancel()
            watch.cancel()
            await asyncio.gather(task, watch, return_exceptions=True)

    def tail(self) -> str:
        """Return the last lines of what the process said."""
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-TAIL_LINES:])

    async def end(self) -> None:
        """End the process and everything it started."""
        if self._process.returncode is None:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        self._signal(signal.SIGKILL)
        await self._process.wait()

    def kill(self) -> None:
        """End it as a power cut does."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end, and wait for nothing."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _end_with_parent() -> None:
    """Have Linux end this process even when the demo itself is killed."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def free_port(wanted: int, option: str) -> int:
    """Return the wanted port, or any free one for 0. Raises DemoError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError) as err:
            raise DemoError(
                f"Port {wanted} cannot be used ({err}). "
                f"End what uses it, or choose another one with {option}."
            ) from err
        port: int = probe.getsockname()[1]
        return port
