"""The person at the terminal: what is said to them and what they answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import sys
import termios
import threading
from typing import Protocol


class Person(Protocol):
    """Someone who reads, answers and looks."""

    def tell(self, text: str) -> None:
        """Say something."""

    async def ask(self, question: str, *, hidden: bool = False) -> str:
        """Return what is answered; an end of all answers is EOFError."""


async def agrees(person: Person, question: str) -> bool | None:
    """Return a yes or a no; None where neither is said."""
    answer = (await person.ask(f"{question} [y/n] ")).strip().lower()
    return {"y": True, "yes": True, "n": False, "no": False}.get(answer)


class Terminal:
    """Standard input and output."""

    def __init__(self) -> None:
        """Prepare; nothing is read before something is asked."""
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._reading = False

    def tell(self, text: str) -> None:
        """Print a text."""
        print(text, flush=True)

    async def ask(self, question: str, *, hidden: bool = False) -> str:
        """Print a question and return the next line."""
        print(question, end="", flush=True)
        if not self._reading:
            self._reading = True
            # A thread that waits for a line must not hold up the end.
            threading.Thread(target=self._read, daemon=True).start()
        with _without_echo() if hidden else _plain():
            line = await self._lines.get()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def _read(self) -> None:
        while True:
            line = sys.stdin.readline()
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
            if not line:
                return


@contextmanager
def _plain() -> Iterator[None]:
    yield


@contextmanager
def _without_echo() -> Iterator[None]:
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    quiet = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        print(flush=True)
