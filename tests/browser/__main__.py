"""Walk through Home Assistant in a browser; scripts/browser does so."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path
import shutil
import sys
import tempfile
import time
import traceback

from demo_home.children import DemoError
from playwright.async_api import Error

from .chromium import running
from .home import Place, living
from .person import NotSeenError, Person
from .steps import (
    acting,
    arriving,
    charting,
    choosing,
    controls,
    detailing,
    editing,
    languages,
    leaving,
    linking,
    looking,
    losing,
    noting,
    owning,
    quieting,
    releasing,
    revisiting,
    switching,
)
from .words import ENGLISH, speak, spoken

KEPT = Path(__file__).resolve().parents[2] / ".tools" / "browser"
WANTED = {
    arriving.FIRST_ENTITIES: 8,
    linking.SUGGESTED: 5,
    linking.OWN: 15,
}


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"browser: {text}\n")


async def walk(person: Person, place: Place, pictures: Path | None) -> None:
    """Walk the whole path."""
    exist = place.exist
    await arriving.log_in(person)
    await arriving.add_integration(person, exist)
    since = datetime.now(UTC)
    await owning.acquire(person)
    await controls.use_controls(person, exist)
    await controls.use_tags(person, exist)
    await choosing.show_the_newest(person, place)
    await detailing.only_what_fits_is_offered(person)
    await linking.link_by_suggestion(person, exist)
    await linking.link_of_ones_own(person, exist, place.past)
    await editing.edit_link(person, exist, place.past)
    await detailing.preview_says_what_exist_has(person, exist)
    await detailing.nothing_is_replaced_that_is_not_there(person)
    await releasing.release(person, exist)
    await quieting.activity_is_quiet(person, since)
    await revisiting.edit_an_old_day(person, exist)
    await noting.keep_a_long_note(person, place)
    await acting.pick_in_actions(person)
    await switching.enable_tag_switch(person)
    await switching.use_tag_switch(person, exist)
    await switching.nothing_is_exposed(place)
    await switching.expose_list(place)
    await losing.edited_at_exist(person, exist)
    await losing.taken_by_another(person, exist)
    await losing.sign_in_taken_back(person, exist)
    await switching.list_stays_exposed(place)
    await looking.durations_are_minutes(person)
    await looking.values_say_their_day(person, exist)
    await looking.history_is_a_line(person)
    await charting.years_are_charted(person, place, pictures)
    await looking.every_width(person, pictures)
    await leaving.download_diagnostics(person)
    await leaving.leave_out_a_group(person)
    await leaving.remove(person, exist)


async def walk_in_words(person: Person, place: Place, pictures: Path | None) -> None:
    """Walk the shorter path, in another language and on a phone."""
    reader = languages.Reader(person, pictures)
    await languages.speak_at_home(place)
    await arriving.log_in(person)
    try:
        await languages.sign_in(reader)
        await languages.read_options(reader)
        await languages.read_link(reader)
        await languages.read_repair(reader, place)
        await languages.read_pages(reader, place)
    finally:
        say(f"{reader.pages} pages read in {spoken()}")
        for fault in reader.faults:
            say(fault)
    if reader.faults:
        raise NotSeenError("not all of it can be read")


def where(err: BaseException) -> str:
    """Return the part of the walk in which something failed."""
    frames = traceback.extract_tb(err.__traceback__)
    return next(
        (each.name for each in reversed(frames) if "/steps/" in each.filename), "walk"
    )


async def run(browser: str, folder: Path, pictures: Path | None, *, reads: bool) -> int:
    """Walk once, and keep what was seen where it failed."""
    start = time.monotonic()
    path = walk_in_words if reads else walk
    width = looking.WIDTHS[-1 if reads else 0]
    try:
        async with living(folder) as place, running(browser) as window:
            page = await window.new_page(
                viewport={"width": width, "height": looking.HEIGHT},
                locale="en-US",
                timezone_id="Europe/Vienna",
            )
            person = Person(page, place.home.url)
            try:
                await path(person, place, pictures)
                if complaints := place.complaints():
                    raise NotSeenError("\n".join(complaints))
            except (AssertionError, Error, NotSeenError) as err:
                await asyncio.to_thread(_make_room, place.log)
                await person.keep(KEPT)
                say(f"{where(err)}: {err}\nA picture and more is kept in {KEPT}.")
                return 1
    except (DemoError, Error) as err:
        say(str(err))
        return 1
    for what, clicks in person.counted.items():
        wanted = f" (wanted: {WANTED[what]})" if what in WANTED else ""
        say(f"{what}: {clicks} clicks{wanted}")
    say(f"walked in {time.monotonic() - start:.0f} seconds")
    return 0


def _make_room(log: Path) -> None:
    """Make an empty folder for what is kept, with what Home Assistant said."""
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    shutil.copy(log, KEPT / "home_assistant.txt")


def main() -> int:
    """Read the command line and walk."""
    parser = argparse.ArgumentParser(prog="scripts/browser")
    parser.add_argument("browser", help="a Chromium or Chrome")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of pages")
    parser.add_argument(
        "--language", help="only read the pages in a language, such as de"
    )
    options = parser.parse_args()
    speak(options.language or ENGLISH)
    reads = options.language is not None
    with tempfile.TemporaryDirectory(
        prefix="exist-browser-", ignore_cleanup_errors=True
    ) as folder:
        return asyncio.run(
            run(options.browser, Path(folder), options.pictures, reads=reads)
        )


if __name__ == "__main__":
    sys.exit(main())
