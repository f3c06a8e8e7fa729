"""Compare Exist with what is assumed of it; scripts/check_live does so."""

import argparse
import asyncio
from datetime import date, datetime
import signal
import sys

import aiohttp
from yarl import URL

from custom_components.exist.api.client import BASE_URL

from .facts import Findings
from .limit import use_up
from .looking import Looking
from .own_attribute import OwnAttribute
from .person import Person, Terminal
from .putting_back import Changes
from .reading import read
from .sign_in import PROFILE, SignInError, sign_in, use_again
from .wire import Wire


async def check(person: Person, wire: Wire, findings: Findings) -> None:
    """Sign in, read, write what is agreed to, and put back. Raises SignInError."""
    signed_in = await sign_in(person, wire, findings)
    wire.token = signed_in.pair.access
    await read(wire, findings)
    today = await _today(wire)
    changes = Changes(person)
    try:
        await OwnAttribute(wire, findings, changes, today).try_all(person)
        await Looking(wire, findings, changes, person).try_all(today)
    finally:
        await changes.put_back()
    wire.token = await use_again(wire, findings, signed_in)
    await use_up(wire, findings, person)


async def _today(wire: Wire) -> date:
    profile = await wire.get(PROFILE)
    try:
        return datetime.fromisoformat(profile.json["local_time"]).date()
    except (KeyError, TypeError, ValueError) as err:
        raise SignInError("Exist does not say which day it is.") from err


async def run(server: str) -> int:
    """Check until it is done, or told to end: then what was changed is put back."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    person, findings = Terminal(), Findings()
    why = ""
    try:
        async with aiohttp.ClientSession() as session:
            await check(person, Wire(session, server), findings)
    except SignInError as err:
        why = str(err)
    except aiohttp.ClientError, TimeoutError:
        why = "Exist does not answer."
    except asyncio.CancelledError, EOFError:
        why = "Ended before the end."
    person.tell("")
    for line in findings.lines():
        person.tell(line)
    if why:
        print(why, file=sys.stderr)
    return 1 if why else 0


def main() -> int:
    """Read the command line and check."""
    parser = argparse.ArgumentParser(prog="scripts/check_live")
    parser.add_argument(
        "--server", default=BASE_URL, help="for tests of it: another Exist"
    )
    server = URL(parser.parse_args().server).origin()
    return asyncio.run(run(str(server)))


if __name__ == "__main__":
    sys.exit(main())
