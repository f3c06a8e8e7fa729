"""Who hears that there is something new about a link."""

from collections.abc import Collection, Mapping
from functools import partial

from custom_components.exist.links import LinkView
from custom_components.exist.links.teller import AT_ONCE, LinkTeller
from homeassistant.core import HomeAssistant

FEEDS = {"one": "mood", "two": "steps", "three": "steps"}


async def test_only_the_links_of_what_changed_are_looked_at_and_told_of(
    hass: HomeAssistant,
) -> None:
    feeds = dict(FEEDS)
    looked: list[set[str]] = []
    heard: list[str] = []

    def look(names: Collection[str] | None) -> Mapping[str, LinkView]:
        found = {
            link_id: LinkView()
            for link_id, name in feeds.items()
            if names is None or name in names
        }
        looked.append(set(found))
        return found

    teller = LinkTeller(hass, look)
    stops = [teller.async_listen(partial(heard.append, each), each) for each in FEEDS]
    teller.async_listen(lambda: heard.append("any"))

    async def told(*names: Collection[str] | None) -> list[str]:
        looked.clear()
        heard.clear()
        for each in names:
            teller.async_tell_soon(each)
        await hass.async_block_till_done()
        assert len(looked) == 1, "one turn, one look"
        return heard

    assert await told(None) == ["any", *FEEDS]
    before = teller.views
    assert await told({"mood"}) == ["any", "one"]
    assert looked == [{"one"}]
    assert teller.views.keys() == FEEDS.keys()
    assert teller.views["two"] is before["two"]
    assert await told({"mood"}, {"steps"}) == ["any", *FEEDS]
    assert await told({"mood"}, None, {"steps"}) == ["any", *FEEDS]
    assert await told({"weight"}) == [], "no link feeds it"
    # Of a link that is gone its sensors hear all the same, to vanish.
    del feeds["three"]
    assert await told(None) == ["any", "one", "two", "three"]
    assert teller.views.keys() == feeds.keys()
    stops[0]()
    assert await told({"mood"}) == ["any"]


async def test_of_many_links_is_told_in_turns(hass: HomeAssistant) -> None:
    names = [f"link_{number}" for number in range(3 * AT_ONCE)]
    heard, turns = list[str](), list[int]()
    teller = LinkTeller(hass, lambda _names: dict.fromkeys(names, LinkView()))
    for each in names:
        teller.async_listen(partial(heard.append, each), each)

    def turn() -> None:
        turns.append(len(heard))
        if len(heard) < len(names):
            hass.loop.call_soon(turn)

    teller.async_tell_soon()
    hass.loop.call_soon(turn)
    await hass.async_block_till_done()
    assert heard == names
    assert turns == [AT_ONCE, 2 * AT_ONCE, 3 * AT_ONCE]
