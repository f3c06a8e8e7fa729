"""Words that are Home Assistant's own, and whether a text says them as it does. Pure."""

from collections.abc import Iterator, Mapping
import re

from .rules import Fault

# What stands in a menu or on a button, by the key under which Home Assistant has it.
MENUS = {
    "Settings": "panel.config",
    "Devices & services": "ui.panel.config.dashboard.devices.main",
    "System": "ui.panel.config.dashboard.system.main",
    "Repairs": "ui.panel.config.repairs.caption",
    "Home information": "ui.panel.config.core.caption",
    "Tools": "ui.panel.config.dashboard.tools.main",
    "States": "ui.panel.config.tools.tabs.states.title",
    "Actions": "ui.panel.config.tools.tabs.actions.title",
    "Application credentials": "ui.panel.config.application_credentials.caption",
    "Submit": "ui.panel.config.integrations.config_flow.submit",
    "Energy": "panel.energy",
    "Exist": None,
}
PATH = re.compile(r"Settings((?: > [A-Z][\w&]*(?: [a-z&][\w&]*)*)+)")
BUTTON = re.compile(r"\b(?:[Ss]elect|[Pp]ress) (Application credentials|Submit)\b")

# Ideas, which languages inflect: the beginning of the word must be there.
IDEAS = {
    "entity": "ui.components.selectors.selector.types.entity",
    "device": "ui.components.selectors.selector.types.device",
    "integration": "ui.panel.config.integrations.integration",
    "automation": "ui.panel.config.blueprint.overview.types.automation",
    "time zone": "ui.panel.config.core.section.core.core_config.time_zone",
    "backup": "ui.panel.config.dashboard.backup.main",
    "restart": "ui.dialogs.quick-bar.commands.home_assistant_control.restart",
    "statistics": "ui.panel.config.tools.tabs.statistics.title",
    "dashboard": "ui.panel.lovelace.editor.select_view.dashboard_label",
    "blueprint": "ui.panel.config.automation.editor.blueprint.header",
}
PLURALS = {"entity": "entities"}
STEM_SHARE = 0.6
SHORTEST_STEM = 2


def named(text: str) -> list[str]:
    """Return the menus and buttons that an English text names."""
    found = []
    for path in PATH.finditer(text):
        found += ["Settings", *path[1].removeprefix(" > ").split(" > ")]
    return found + BUTTON.findall(text)


def unknown_menus(
    english: Mapping[str, str], own_english: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield the menus of English texts that Home Assistant does not have."""
    for key, text in english.items():
        for menu in named(text):
            if menu not in MENUS:
                yield Fault(key, "unknown menu", menu)
            elif (own := MENUS[menu]) is not None and own_english.get(own) != menu:
                yield Fault(
                    key, "menu of another name", f"{menu}: {own_english.get(own)}"
                )


def faults(
    english: Mapping[str, str], other: Mapping[str, str], own: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield where a text does not name something as Home Assistant itself does.

    `own` are Home Assistant's texts in the language of `other`, by key.
    """
    for key in english.keys() & other.keys():
        text = other[key]
        for menu in named(english[key]):
            name = menu if (own_key := MENUS.get(menu)) is None else own[own_key]
            if name not in text:
                yield Fault(key, "menu", f"{menu}: {name}")
        for idea, own_key in IDEAS.items():
            if _says(english[key], idea) and not _has_stems(text, own[own_key]):
                yield Fault(key, "term", f"{idea}: {own[own_key]}")


def _says(text: str, idea: str) -> bool:
    words = f"{re.escape(idea)}s?|{PLURALS.get(idea, idea)}"
    return re.search(rf"(?<![\w{{-])(?:{words})(?![\w}}-])", text) is not None


def _has_stems(text: str, own: str) -> bool:
    """Return whether the beginnings of all words of a term are in a text."""
    lowered = text.lower()
    return all(
        word[: max(SHORTEST_STEM, round(len(word) * STEM_SHARE))] in lowered
        for word in own.lower().split()
    )
