"""Run the server alone: python -m tests.exist_server --port 8124."""

import argparse
import asyncio
import os
import signal
import sys

from .app import ExistServer
from .seed import HISTORY_DAYS
from .state import CLIENT_ID, CLIENT_SECRET


async def _serve(port: int, days: int, pictures: str | None) -> int:
    server = ExistServer(port=port, days=days, pictures=pictures)
    try:
        await server.start()
    except OSError as err:
        print(
            f"Port {port} cannot be used: {os.strerror(err.errno or 0)}",
            file=sys.stderr,
        )
        return 1
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    people = ", ".join(server.users)
    print(f"Exist listens on {server.url} (people: {people})", flush=True)
    print(f"client id {CLIENT_ID}, secret {CLIENT_SECRET}; Ctrl-C ends it", flush=True)
    await ended.wait()
    await server.stop()
    return 0


def main() -> int:
    """Read the command line and serve until told to end."""
    parser = argparse.ArgumentParser(prog="python -m tests.exist_server")
    parser.add_argument("--port", type=int, default=8124, help="0 takes any free port")
    parser.add_argument("--days", type=int, default=HISTORY_DAYS, help="%(default)s")
    parser.add_argument(
        "--pictures",
        metavar="ZONE",
        help="one person alone, whose life is made for pictures, in a time zone",
    )
    options = parser.parse_args()
    return asyncio.run(_serve(options.port, options.days, options.pictures))


if __name__ == "__main__":
    sys.exit(main())
