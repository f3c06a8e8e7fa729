"""The pictures of README and docs: their files, their words, and the life they show."""

import datetime as dt
import re
import struct
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest

from ..browser.pictures.home import EVENING, evening_zone
from ..browser.pictures.words import differences, words_of
from ..exist_server import ExistServer
from ..exist_server.values import checked
from .docs_pages import ROOT, pages

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

FOLDER = ROOT / "docs" / "pictures"
NAMES = sorted(path.stem for path in FOLDER.glob("*.png"))
WIDTH, PHONE = 1280, 390
MOST_BYTES = 150_000
DAYS = 30


def test_every_picture_is_linked_and_has_its_words() -> None:
    linked = {
        (here.path.parent / source).resolve()
        for here in pages()
        for source, _ in here.pictures
        if not source.startswith("https://")
    }
    assert {FOLDER / f"{name}.png" for name in NAMES} == linked
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}.{ending}" for name in NAMES for ending in ("png", "txt")
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small(name: str) -> None:
    held = (FOLDER / f"{name}.png").read_bytes()
    width, height = struct.unpack(">II", held[16:24])
    assert width == (PHONE if name == "phone" else WIDTH)
    assert height < 2.5 * width
    assert len(held) <= MOST_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_the_words_of_a_picture_are_english_and_do_not_age(name: str) -> None:
    words = (FOLDER / f"{name}.txt").read_text()
    assert words
    assert words_of(words.splitlines()) == words
    assert not re.search(r"\d", words)
    assert not [letter for letter in words if letter.isalpha() and not letter.isascii()]


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        ("Steps", "Steps"),
        ("  Time \n asleep ", "Time asleep"),
        ("8,658 steps", "steps"),
        ("70.2 kg", "kg"),
        ("1 h 24 min", ""),
        ("44 min", ""),
        ("0:32 h", ""),
        ("9:41 PM", ""),
        ("November 28, 2026", ""),
        ("Sat 2026-11-28", ""),
        ("28 Nov", ""),
        ("5 minutes ago", ""),
        ("In 5 hours", ""),
        ("Now", ""),
        ("At Exist now", "At Exist now"),
        ("You may observe", "You may observe"),
        ("One value a day, on Sundays", "One value a day, on Sundays"),
        ("1 service", "service"),
        ("Coffees +1", "Coffees"),
        ("–", ""),
    ],
)
def test_numbers_and_dates_are_no_words(seen: str, kept: str) -> None:
    assert words_of([seen]) == (f"{kept}\n" if kept else "")


def test_a_changed_word_is_told() -> None:
    kept = words_of(["Submit", "8,000 steps", "Close"])
    assert differences("form", kept, words_of(["Submit", "9 steps", "Close"])) == ""
    told = differences("form", kept, words_of(["Submit", "9 steps", "Finish"]))
    assert "-Close" in told
    assert "+Finish" in told
    assert "form" in told
    assert differences("form", kept, words_of(["Submit", "9 steps"]))


@pytest.mark.parametrize("hour", range(24))
def test_it_is_always_evening_in_pictures(hour: int) -> None:
    now = dt.datetime(2026, 11, 18, hour, 59, tzinfo=dt.UTC)
    assert now.astimezone(ZoneInfo(evening_zone(now))).hour == EVENING


def _life(server: ExistServer) -> dict[str, list[object]]:
    today = server.today("ada")
    return {
        name: [each.values.get(today - dt.timedelta(back)) for back in range(DAYS)]
        for name, each in server.users["ada"].attributes.items()
    }


def test_a_picture_shows_the_same_life_each_day(freezer: FrozenDateTimeFactory) -> None:
    first = _life(ExistServer(days=DAYS, pictures="Etc/GMT-9"))
    freezer.tick(dt.timedelta(days=100, hours=9))
    assert _life(ExistServer(days=DAYS, pictures="Etc/GMT")) == first


def test_the_life_of_pictures_is_one_of_exist() -> None:
    server = ExistServer(days=DAYS, pictures="Etc/GMT-3")
    assert list(server.users) == ["ada"]
    life = _life(server)
    for name, each in server.users["ada"].attributes.items():
        assert each.label.isascii()
        told = [value for value in life[name] if value is not None]
        assert told
        assert [checked(each.value_type, value) for value in told] == told
    # What a picture shows of today is there each day, but the home's own link.
    assert [name for name, values in life.items() if values[0] is None] == ["tv_min"]


def test_tests_meet_other_people() -> None:
    assert list(ExistServer(days=1).users) == ["ada", "bo", "cleo"]
