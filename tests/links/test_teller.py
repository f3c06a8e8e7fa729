"""Who hears that there is something new about a link."""

from collections.abc import Collection, Mapping
from functools import partial

from custom_components.exist.links import LinkView
from custom_components.exist.links.teller import LinkTeller
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

    assert await told(None) == [*FEEDS, "any"]
    before = teller.views
    assert await told({"mood"}) == ["one", "any"]
    assert looked == [{"one"}]
    assert teller.views.keys() == FEEDS.keys()
    assert teller.views["two"] is before["two"]
    assert await told({"mood"}, {"steps"}) == [*FEEDS, "any"]
    assert await told({"mood"}, None, {"steps"}) == [*FEEDS, "any"]
    assert await told({"weight"}) == [], "no link feeds it"
    # Of a link that is gone its sensors hear all the same, to vanish.
    del feeds["three"]
    assert await told(None) == ["one", "two", "three", "any"]
    assert teller.views.keys() == feeds.keys()
    stops[0]()
    assert await told({"mood"}) == ["any"]
