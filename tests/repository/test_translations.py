"""What is said in other languages: each rule finds a broken text, and every language keeps them."""

from collections.abc import Callable
import re
from unicodedata import east_asian_width

import pytest
from translating.rules import faults as broken_rules
from translating.terms import IDEAS, faults as wrong_terms, unknown_menus
from translating.texts import ENGLISH, LANGUAGES, mark, read, read_marks, to_renew

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

# What a phone of 390 pixels shows in one line, of which a name takes what is left.
TITLE_WIDTH = 34
KEY = "issues.lost.description"
TEXT = (
    "Exist gave **{label}** to another service. Go to Settings > System > Repairs, "
    "wait 31 days, then restart Home Assistant.\n\n1. Open the entity.\n2. Select Submit."
)
GERMAN = (
    "Exist hat **{label}** einem anderen Dienst gegeben. Gehe zu Einstellungen > System > "
    "Reparaturen, warte 31 Tage, und starte dann Home Assistant neu.\n\n"
    "1. Öffne die Entität.\n2. Wähle OK."
)
OWN = {
    "panel.config": "Einstellungen",
    "ui.panel.config.dashboard.system.main": "System",
    "ui.panel.config.repairs.caption": "Reparaturen",
    "ui.panel.config.integrations.config_flow.submit": "OK",
    "ui.components.selectors.selector.types.entity": "Entität",
    "ui.dialogs.quick-bar.commands.home_assistant_control.restart": "Neu starten",
}
OWN |= {key: "" for key in IDEAS.values() if key not in OWN}


def found(text: str, key: str = KEY) -> set[str]:
    """Return the rules that a German text breaks."""
    english, other = {key: TEXT}, {key: text}
    return {
        each.rule
        for each in (*broken_rules(english, other), *wrong_terms(english, other, OWN))
    }


def test_a_good_text_breaks_no_rule() -> None:
    assert found(GERMAN) == set()


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("placeholders", lambda text: text.replace("{label}", "{Name}")),
        ("placeholders", lambda text: text.replace("{label}", "das Attribut")),
        ("numbers", lambda text: text.replace("31", "30")),
        ("Markdown", lambda text: text.replace("**", "")),
        ("Markdown", lambda text: text.replace("2. ", "")),
        ("Markdown", lambda text: text.replace("\n\n", " ")),
        ("name of a product", lambda text: text.replace("Home Assistant", "es")),
        ("not translated", lambda _: TEXT),
        ("empty", lambda _: " "),
        ("address", lambda text: f"{text} https://exist.io"),
        ("HTML", lambda text: text.replace("Tage", "<b>Tage</b>")),
        ("stray space", lambda text: f"{text} "),
        ("stray space", lambda text: text.replace("Tage", "Tage  lang")),
        ("plural syntax", lambda text: f"{text} {{count, plural, one {{Tag}}}}"),
        (
            "apostrophe before a brace",
            lambda text: text.replace("{label}", "l'{label}"),
        ),
        ("menu", lambda text: text.replace("Reparaturen", "Korrekturen")),
        ("menu", lambda text: text.replace("OK", "Absenden")),
        ("term", lambda text: text.replace("Entität", "Einheit")),
    ],
)
def test_each_rule_finds_a_broken_text(rule: str, broken: Callable[[str], str]) -> None:
    assert rule in found(broken(GERMAN))


def test_states_and_units_have_no_placeholder() -> None:
    for key in (
        "entity.sensor.link.state.ok",
        "entity.sensor.cups.unit_of_measurement",
    ):
        assert "placeholder in a state or unit" in found(GERMAN, key)


def test_keys_are_those_of_english() -> None:
    assert [each.rule for each in broken_rules({"a": "Days"}, {})] == ["missing"]
    assert [each.rule for each in broken_rules({}, {"a": "Tage"})] == ["not in English"]


def test_a_changed_english_text_is_to_be_translated_anew() -> None:
    english = {"a": "Days", "b": "Weeks", "c": "Years"}
    other = {"a": "Tage", "b": "Wochen"}
    marks = {"a": mark("Days"), "b": mark("Months")}
    assert to_renew(english, other, marks) == {"b": "Weeks", "c": "Years"}


def test_a_menu_that_home_assistant_does_not_have_is_found() -> None:
    own = {
        "panel.config": "Settings",
        "ui.panel.config.dashboard.tools.main": "Utensils",
    }
    english = {"a": "Go to Settings > Gadgets.", "b": "Go to Settings > Tools."}
    assert [each.rule for each in unknown_menus(english, own)] == [
        "unknown menu",
        "menu of another name",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_whole_and_keeps_the_rules(language: str) -> None:
    english, other = read(ENGLISH), read(language)
    assert list(broken_rules(english, other)) == []
    assert to_renew(english, other, read_marks(language)) == {}


@pytest.mark.parametrize("language", [ENGLISH, *LANGUAGES])
def test_titles_of_repairs_fit_a_phone(language: str) -> None:
    """Home Assistant cuts them off, in the list and in the dialog of what is fixable."""
    titles = {
        key: text
        for key, text in read(language).items()
        if key.startswith("issues.") and key.endswith(".title")
    }
    assert titles
    for key, title in titles.items():
        shown = re.sub(r"\{\w+\}", "", title.replace("{day}", "2026-11-18"))
        width = sum(1 + (east_asian_width(each) in "WF") for each in shown)
        assert width <= TITLE_WIDTH, (key, title)
