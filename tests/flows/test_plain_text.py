"""Text from outside is shown as typed wherever the frontend renders Markdown."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
import html
import json
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.exist.const import ATTRIBUTES_URL, CLIENTS_URL, DOMAIN
from custom_components.exist.flows.repair_flow import (
    ExistRepairFlow,
    async_create_fix_flow,
)
from custom_components.exist.links.link import SUBENTRY_LINK
from custom_components.exist.notices.plain_text import as_typed, in_alphabet
from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from ..conftest import AddAccount
from ..exist_server import ExistServer, Fault
from ..link_form import choose, start, walk
from ..link_home import at, evaluate, link_data, record, set_runs
from ..markdown import Page, rendered
from ..writing import OWNED, reload, settle, write
from .test_options_flow import _open, _submit
from .test_repairs import _decide

EN: Mapping[str, Any] = json.loads(
    (
        Path(__file__).parent.parent.parent
        / "custom_components/exist/translations/en.json"
    ).read_text()
)
TYPED = (
    "[x](https://evil.example/a_b)",
    "![i](https://evil.example/i.png)",
    '<img src="x" onerror="alert(1)">',
    "<b>bold</b> <script>alert(1)</script> <!-- c --> <ha-alert>x</ha-alert>",
    "& &amp; &lt; &#42;",
    "`code` ``a`b`` ```",
    "**b** *i* _i_ __b__ ~~s~~ ~s~ _snake_case_",
    "# head",
    "> quote",
    "1. one",
    "1) one",
    "- x",
    "+ x",
    "* x",
    "- [x] done",
    "---",
    "===",
    "***",
    "~~~",
    "| a | b |",
    "https://evil.example www.evil.example a@evil.example ftp://evil.example",
    "<https://evil.example> <a@evil.example>",
    "one line\nanother\n\n# head\r\n\r\n    code",
    "    four   spaces\t",
    "\\*x\\* \\",
    "{label} {0} {{x}} %s {{ states('x') }}",
    "[!note] x",
    "[x]: https://evil.example",
    "[^1] $x$ :smile: it's 3/4; 7^2=49?",
    "Grüße 🌅 ☕ 読書",
)
PLACES = (
    "wrote **{}**, or",
    "It is now: {}. Values",
    "{}",
    "- {}",
    "- {}\n- {}",
    "before\n{}\nafter",
    "before\n\n{}\n\nafter",
    "in ({}), so",
    "a | b\n--|--\n{} | c",
)
ALL_AT_ONCE = " ".join(TYPED[:8])
NASTY = [ALL_AT_ONCE, "# 1. - > | www.evil.example"]
TABLE = ("table", "thead", "tbody", "tr", "th", "td", "details", "summary")
LEARN_MORE = r"https://github\.com/[\w/-]+/docs/repairs\.md#[a-z-]+"
# What we make ourselves, as Markdown.
OURS = {"sections", "preview", "reach", "welcome", "sent", "part"}
OURS |= {"says", "told", "note", "url", "clients_url", "redirect_url", "website_url"}
OURS |= {"waiting", "day", "count", "minutes", "status", "file", "learn_more"}


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_an_accent_moves_no_label_to_the_end() -> None:
    labels = ["Zucker", "Ärger", "alt", "Łóżko", "Lampe", "Énergie", "Essen"]
    assert sorted(labels, key=in_alphabet) == [
        *("alt", "Ärger", "Énergie", "Essen", "Lampe", "Łóżko", "Zucker"),
    ]


@pytest.mark.parametrize("place", PLACES, ids=ascii)
@pytest.mark.parametrize("typed", TYPED, ids=ascii)
def test_a_text_is_shown_as_typed_wherever_it_stands(typed: str, place: str) -> None:
    count = place.count("{}")
    page = rendered(place.format(*[as_typed(typed)] * count))
    # The same place with a word that cannot be anything but a word.
    plain = rendered(place.format(*["word"] * count))
    assert page.text == plain.text.replace("word", one_line(typed))
    assert page.elements == plain.elements
    assert not page.addresses


@given(st.text())
def test_any_text_is_shown_as_typed(typed: str) -> None:
    escaped = as_typed(typed)
    assert html.unescape(escaped) == one_line(typed)
    assert not re.search(r"[!-/:-@\[-`{-~]", re.sub(r"&#\d+;", "", escaped))


def _texts(node: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, str):
        yield path, node
        return
    for key, value in node.items():
        yield from _texts(value, *path, key)


def _is_markdown(path: tuple[str, ...]) -> bool:
    """Return whether the frontend renders it: read in the installed frontend."""
    if path[:2] == ("selector", "texts"):
        return path[-1].startswith("removed_") or path[-1] == "tag_created"
    if path[0] in ("config", "options", "config_subentries", "issues"):
        return path[-1] == "description" or bool(
            {"abort", "data_description"} & {*path}
        )
    return path[0] == "application_credentials"


def test_every_text_that_is_rendered_escapes_its_names_and_no_other_does() -> None:
    for path, text in _texts(EN):
        names = set(re.findall(r"\{(\w+)\}", text))
        escaped = {name for name in names if name.endswith("_escaped")}
        assert (names - escaped <= OURS) if _is_markdown(path) else not escaped, path


def test_the_credentials_dialog_counts_to_four() -> None:
    text = EN["application_credentials"]["description"]
    page = rendered(
        text.format(clients_url=CLIENTS_URL, redirect_url="back", website_url="home")
    )
    # One numbered list, which goes on after the fields that stand inside of it.
    assert (page.elements["ol"], page.elements["ul"]) == (1, 1)
    steps, fields = 4, 7
    assert page.elements["li"] == steps + fields


def _rename(server: ExistServer, typed: str) -> None:
    """Give every attribute and every service a label that somebody typed."""
    for attribute in server.users["ada"].attributes.values():
        attribute.label = f"{typed} {attribute.name}"
    for name, service in server.services.items():
        server.services[name] = replace(service, label=f"{typed} {name}")


def _fill(texts: Mapping[str, Any], key: str, names: Mapping[str, str]) -> str:
    return str(texts.get(key, "")).format(**names)


def _read_form(texts: Mapping[str, Any], result: Any) -> Page:
    """Read a page of a form, or its end, which must be harmless; return its text."""
    names = result["description_placeholders"] or {}
    if result["type"] is FlowResultType.ABORT:
        page = rendered(texts["abort"][result["reason"]].format(**names))
    else:
        step = texts["step"][result["step_id"]]
        page = rendered(_fill(step, "description", names))
        _is_plain(_fill(step, "title", names))
        for error in (result.get("errors") or {}).values():
            _is_plain(_fill(texts["error"], error, names))
    _is_harmless(page)
    return page


def _is_plain(text: str) -> None:
    """Refuse what is written for Markdown in a text that is not rendered."""
    assert "&#" not in text.replace("&#42;", "")


def _is_harmless(page: Page) -> None:
    assert set(page.elements) <= {"p", "strong", "ul", "li", "br", "a", "code", *TABLE}
    for address in page.addresses:
        assert address == ATTRIBUTES_URL or re.fullmatch(LEARN_MORE, address)
    assert page.elements["a"] == len(page.addresses)


def _issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    return {
        issue.translation_key or "": issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


def _read_issue(issue: ir.IssueEntry) -> tuple[str, Page]:
    """Return title and description of an issue that has no flow."""
    texts = EN["issues"][issue.translation_key or ""]
    names = issue.translation_placeholders or {}
    title, page = (
        _fill(texts, "title", names),
        rendered(_fill(texts, "description", names)),
    )
    _is_plain(title)
    _is_harmless(page)
    return title, page


@pytest.mark.parametrize("typed", NASTY, ids=["all at once", "a line's start"])
async def test_acquiring_and_releasing_in_the_options(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount, typed: str
) -> None:
    exist_server.own("ada", "steps", "money_spent")
    exist_server.steal("ada", "money_spent", None)
    _rename(exist_server, typed)
    entry = await add_account()
    texts = EN["options"]
    result = await _open(hass, entry, "acquire")
    _read_form(texts, result)
    keys = {"attributes": ["name:weight", "template:heartrate_max"]}
    result = await _submit(hass, result, {**keys, "manual": "unchanged"})
    page = _read_form(texts, result)
    assert f"{typed} withings – {typed} weight" in page.text
    exist_server.faults.add(Fault("status", "*/acquire/", status=503, times=None))
    result = await _submit(hass, result, {})
    assert result["step_id"] == "outcome"
    _read_form(texts, result)

    result = await _open(hass, entry, "release")
    result = await _submit(hass, result, {"attributes": ["steps"]})
    page = _read_form(texts, result)
    assert f"{typed} steps → {typed} " in page.text


@pytest.mark.parametrize("typed", NASTY, ids=["all at once", "a line's start"])
async def test_what_was_not_done_in_the_options(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount, typed: str
) -> None:
    exist_server.own("ada", "money_spent", service="withings")
    exist_server.steal("ada", "money_spent", None)
    _rename(exist_server, typed)
    entry = await add_account()
    result = await _open(hass, entry, "acquire")
    keys = {"attributes": ["name:money_spent"]}
    result = await _submit(hass, result, {**keys, "manual": "by_hand"})
    exist_server.steal("ada", "money_spent", "withings")
    result = await _submit(hass, result, {})
    page = _read_form(EN["options"], result)
    assert f"{typed} money_spent: {typed} withings owns it" in page.text


@pytest.mark.parametrize("typed", NASTY, ids=["all at once", "a line's start"])
async def test_the_form_of_a_link(
    hass: HomeAssistant,
    exist_server: ExistServer,
    recorder_mock: None,
    add_account: AddAccount,
    typed: str,
) -> None:
    _rename(exist_server, typed)
    entry = await add_account()
    texts = EN["config_subentries"]["link"]
    hass.states.async_set(
        "sensor.x", "7", {"friendly_name": typed, "unit_of_measurement": typed}
    )
    hass.states.async_set("input_select.y", typed, {"friendly_name": typed})

    page = await walk(hass, await start(hass, entry), {"entity": "input_select.y"})
    assert f"{typed} is currently {typed}." in _read_form(texts, page).text
    page = await walk(hass, page, {"aggregate": "time_in"})
    assert f"{typed} is currently {typed}." in _read_form(texts, page).text

    page = await walk(hass, await start(hass, entry), {"entity": "sensor.x"})
    assert f"{typed} is currently 7 {typed}." in _read_form(texts, page).text
    page = await walk(hass, page, {"aggregate": "last"})
    assert f"fits {typed} best comes first" in _read_form(texts, page).text
    page = await walk(hass, page, {"target": "name:stromkosten"})
    assert f"Current owner: {typed} exist." in _read_form(texts, page).text
    title = texts["step"]["ready"]["title"].format(**page["description_placeholders"])
    assert title == f"{typed} → {typed} stromkosten"
    exist_server.faults.add(Fault("status", "*/acquire/", status=503, times=None))
    page = await choose(hass, page, "take")
    assert page["errors"] == {"base": "not_owned"}
    _read_form(texts, page)


async def test_a_note_is_in_no_page_of_a_link(
    freezer: FrozenDateTimeFactory,
    recorder_mock: None,
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
) -> None:
    freezer.move_to(at(2026, 5, 20, 12))
    exist_server.own("ada", "mood_note")
    exist_server.users["ada"].attributes["mood_note"].values.clear()
    exist_server.set_value("ada", "mood_note", None, "a secret of Exist")
    entry = await add_account()
    note = "a secret of the diary"
    hass.states.async_set("input_text.diary", note)
    rows = [(at(2026, 5, 18, 8), "before"), (at(2026, 5, 20, 8), note)]
    await record(hass, {"input_text.diary": rows})
    await set_runs(hass, [], at(2026, 5, 18, 7))
    page = await walk(hass, await start(hass, entry), {"entity": "input_text.diary"})
    seen = [str(page)]
    assert "is currently a text (characters: 21)." in _said(page)
    for given_ in (
        {"aggregate": "last"},
        {"target": "name:mood_note"},
    ):
        page = await walk(hass, page, given_)
        seen.append(str(page["description_placeholders"]))
    assert "2026‑05‑20a text (characters: 21)" in _said(page)
    assert "secret" not in "".join(seen)


def _said(result: Any) -> str:
    return _read_form(EN["config_subentries"]["link"], result).text


@pytest.mark.parametrize("typed", NASTY, ids=["all at once", "a line's start"])
@pytest.mark.parametrize(
    ("key", "choice", "name"),
    [
        ("attribute_taken", "take_back", "mood"),
        ("attribute_gone", "create_again", "gym"),
        ("value_changed", "send_mine", "coffees"),
    ],
)
async def test_repairs_of_what_waits(
    hass: HomeAssistant,
    exist_server: ExistServer,
    add_account: AddAccount,
    typed: str,
    key: str,
    choice: str,
    name: str,
    hass_admin_user: MockUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.exist.ledger.written.ANSWER_SECONDS", 5)
    exist_server.own("ada", *OWNED)
    exist_server.set_value("ada", "coffees", None, 1)
    _rename(exist_server, typed)
    entry = await add_account()
    hass.config_entries.async_update_entry(entry, title=typed)
    if key == "value_changed":
        await exist_server.stop()
        person = Context(user_id=hass_admin_user.id)
        await write(hass, name="coffees", value=4, context=person)
        exist_server.set_value("ada", "coffees", None, 2)
        await exist_server.start()
        await reload(hass, entry)
    elif key == "attribute_taken":
        exist_server.steal("ada", "mood", "fitbit")
        await write(hass, name="mood", value=5)
    else:
        exist_server.remove_attribute("ada", "gym")
        await write(hass, name="gym", value=1)
    await entry.runtime_data.coordinator.async_refresh()
    await settle(hass)
    issue = _issues(hass)[key]
    title, _ = _read_issue(issue)
    label = "gym" if key == "attribute_gone" else f"{typed} {name}"
    assert label in title
    page = _read_fix(issue, await _menu(hass, issue))
    assert label in page.text
    if key == "attribute_taken":
        assert f"The owner is now: {typed} fitbit." in page.text
        exist_server.faults.add(Fault("status", "*", status=503, times=None))
        _read_fix(issue, await _decide(hass, issue, choice))


async def _menu(hass: HomeAssistant, issue: ir.IssueEntry) -> Any:
    flow = await async_create_fix_flow(hass, issue.issue_id, dict(issue.data or {}))
    flow.hass = hass
    flow.handler, flow.flow_id, flow.context = DOMAIN, "flow", {"source": "user"}
    assert isinstance(flow, ExistRepairFlow)
    return await flow.async_step_init()


def _read_fix(issue: ir.IssueEntry, result: Any) -> Page:
    """Return the text of a repair's own page or end."""
    texts = EN["issues"][issue.translation_key or ""]["fix_flow"]
    # The frontend adds the issue's names to those of the page.
    names = {
        **(issue.translation_placeholders or {}),
        **(result["description_placeholders"] or {}),
    }
    if result["type"] is FlowResultType.ABORT:
        page = rendered(texts["abort"][result["reason"]].format(**names))
    else:
        step = texts["step"][result["step_id"]]
        page = rendered(_fill(step, "description", names))
        _is_plain(_fill(step, "title", names))
    _is_harmless(page)
    return page


async def _link(
    hass: HomeAssistant, entry: MockConfigEntry, title: str, data: dict[str, Any]
) -> str:
    subentry = ConfigSubentry(
        data=data,  # type: ignore[arg-type]
        subentry_type=SUBENTRY_LINK,
        title=title,
        unique_id=data["attribute"],
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await settle(hass)
    return subentry.subentry_id


@pytest.mark.parametrize("typed", NASTY, ids=["all at once", "a line's start"])
async def test_repairs_of_links(
    hass: HomeAssistant,
    exist_server: ExistServer,
    recorder_mock: None,
    freezer: FrozenDateTimeFactory,
    add_account: AddAccount,
    typed: str,
) -> None:
    freezer.move_to(at(2026, 5, 20, 12))
    names = ("gaming_min", "stromkosten", "weight", "tv_min")
    exist_server.own("ada", *names)
    for name in names:
        exist_server.users["ada"].attributes[name].values.clear()
    _rename(exist_server, typed)
    rows = [(at(2026, 5, day, 8), "9") for day in range(10, 21)]
    entities = (
        "sensor.the_far",
        "sensor.the_gone",
        "sensor.the_mass",
        "sensor.the_kind",
    )
    for entity_id in entities:
        hass.states.async_set(entity_id, "9", {"unit_of_measurement": "kg"})
    await record(hass, dict.fromkeys(entities, rows))
    await set_runs(hass, [], at(2026, 5, 9, 7))
    entry = await add_account()
    hass.config_entries.async_update_entry(entry, title=typed)
    await settle(hass)
    far, gone, mass, kind = entities
    await _link(hass, entry, typed, link_data(far, "last", "gaming_min", 3, unit="kg"))
    await _link(
        hass, entry, typed, link_data(gone, "last", "stromkosten", 1, unit="kg")
    )
    deleted = await _link(
        hass,
        entry,
        typed,
        link_data(mass, "last", "weight", 1, template="weight", unit="kg"),
    )
    await _link(hass, entry, typed, link_data(kind, "last", "tv_min", 0, unit="kg"))
    hass.states.async_remove(gone)
    hass.config_entries.async_remove_subentry(entry, deleted)
    await settle(hass)
    await evaluate(hass, entry)
    found = _issues(hass)
    assert {"link_wrong_unit", "link_entity_gone", "link_deleted"} <= set(found)
    for key, issue in found.items():
        title, page = _read_issue(issue)
        if key.startswith("link_") and key != "link_deleted":
            assert typed in title or "sensor.the_" in title
            assert f"the link {typed} of the account {typed}" in page.text
            assert "sensor.the_" in page.text
            assert page.elements["em"] == 0
    page = _read_fix(found["link_deleted"], await _menu(hass, found["link_deleted"]))
    assert f"A link that filled {typed} weight was deleted" in page.text


@pytest.mark.parametrize("typed", NASTY, ids=["all at once", "a line's start"])
async def test_the_notifications_of_a_removal(
    hass: HomeAssistant, exist_server: ExistServer, add_account: AddAccount, typed: str
) -> None:
    exist_server.own("ada", "coffees")
    _rename(exist_server, typed)
    entry = await add_account()
    await hass.config_entries.async_remove(entry.entry_id)
    await settle(hass)
    [note] = persistent_notification._async_get_or_create_notifications(hass).values()
    page = rendered(note["message"])
    _is_harmless(page)
    assert f"writes them: {typed} coffees. You can" in page.text
