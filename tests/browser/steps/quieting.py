"""What Activity does not say."""

from datetime import datetime
import re
from urllib.parse import quote

from tests.browser.person import Person
from tests.browser.words import home_said

# So tall a window shows all that the walk did until then.
TALL = 6000


async def activity_is_quiet(person: Person, since: datetime) -> None:
    """See what happened since then; nothing became unavailable meanwhile.

    Until then, what is owned and linked was changed, and so were the options.
    """
    size = person.page.viewport_size
    assert size is not None
    await person.page.set_viewport_size({**size, "height": TALL})
    await person.open(f"/logbook?start_date={quote(since.isoformat())}")
    lines = person.page.locator("ha-logbook-renderer .entry")
    # The last that is listed, and the first.
    await person.sees(lines.filter(has_text=re.compile(r"Coffees\W+7\b")))
    await person.sees(lines.filter(has_text="Electricity meter → Electricity"))
    await person.sees_none(
        lines.filter(has_text=home_said("state.default.unavailable"))
    )
    await person.page.set_viewport_size(size)
