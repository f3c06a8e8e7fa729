"""Each icon is one that Home Assistant has."""

import json
from pathlib import Path
import re

import pytest

from ..frontend import installed_icons

HOUSE = Path(__file__).parent.parent.parent / "custom_components" / "exist"
# Seen in an installed frontend; where there is none, this list stands for it.
SEEN = Path(__file__).parent / "icons_seen.json"


def _used() -> set[str]:
    sources = [HOUSE / "icons.json", HOUSE / "services.yaml", *HOUSE.rglob("*.py")]
    return {
        name
        for path in sources
        for name in re.findall(r"\bmdi:([a-z0-9-]+)", path.read_text())
    }


def _known() -> tuple[str, set[str]]:
    installed = installed_icons()
    if installed is None:
        return SEEN.name, set(json.loads(SEEN.read_text()))
    return "installed frontend", installed


# Its name says what it could be checked against.
@pytest.mark.parametrize("known", [pytest.param(_known()[1], id=_known()[0])])
def test_each_icon_is_one_that_the_frontend_has(known: set[str]) -> None:
    assert _used() - known == set()


def test_the_list_of_seen_icons_holds_just_what_is_used() -> None:
    seen, installed = json.loads(SEEN.read_text()), installed_icons()
    assert seen == sorted(_used())
    assert installed is None or set(seen) <= installed
