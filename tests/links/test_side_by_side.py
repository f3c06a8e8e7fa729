"""Links beside Home Assistant's own helpers, for thirty days: who is right."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from ..conftest import AddAccount
from ..exist_server import ExistServer
from .side_by_side import COMPARED, Compared, Days, Home, link_all, settle_in
from .side_by_side_home import DAYS, live
from .side_by_side_table import BY_HOURS, TABLE, UNSEEN, WHOLE_HOURS, ZONES, Right


def _differ(one: float | None, other: float | None, within: float) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > within


@pytest.mark.once
@pytest.mark.parametrize("zone", ZONES)
async def test_of_every_difference_it_is_known_who_is_right(
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    zone: str,
) -> None:
    life = live(zone)
    home = await settle_in(hass, freezer, exist_server, zone, life)
    await home.live(life)
    account = await link_all(home, add_account)
    await hass.config_entries.async_unload(account.entry_id)
    await home.compile(life)
    for name, each in COMPARED.items():
        theirs, ours = await home.told_by(each), home.ours(each.attribute)
        _judge(name, zone, each, life.truth[each.truth], theirs, ours)
    await _past_by_hours(home, account)


def _judge(
    name: str,
    zone: str,
    each: Compared,
    truth: dict[int, float],
    theirs: Days,
    ours: Days,
) -> None:
    """Hold the days against the table: all that is in it, and nothing else."""
    known = {
        day: row.right
        for row in TABLE
        if row.helper == name and zone in row.zones
        for day in row.days
    }
    differing = {
        day
        for day in range(DAYS)
        if _differ(ours.get(day), theirs.get(day), each.within)
    }
    assert differing == known.keys(), name
    for day in range(DAYS):
        us, they, was = ours.get(day), theirs.get(day), truth.get(day)
        if day not in known:
            unseen = day in UNSEEN.get(each.attribute, ())
            assert _differ(us, was, each.within) == unseen, (name, day, us, was)
        elif known[day] is Right.THEIRS:
            assert not _differ(they, was, each.within), (name, day, they, was)
        else:
            assert _differ(they, was, each.within), (name, day, they, was)
            told = us is not None
            assert not told or not _differ(us, was, each.within), (name, day, us, was)


async def _past_by_hours(home: Home, account: MockConfigEntry) -> None:
    """Let links tell the days again by what was compiled, for all states are gone."""
    await home.purge()
    await home.hass.config_entries.async_setup(account.entry_id)
    for attribute, unlike in BY_HOURS.items():
        ours, hourly = home.ours(attribute), await home.by_hours(attribute)
        if home.zone not in WHOLE_HOURS:
            assert not hourly
            continue
        for day in ours:
            if day in unlike:
                assert hourly.get(day) == pytest.approx(unlike[day]), (attribute, day)
            else:
                assert hourly.get(day) == pytest.approx(ours[day], abs=0.021)
