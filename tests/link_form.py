"""The form of a link as a person walks through it; every page must read well."""

from collections.abc import Mapping
from html import unescape
import json
from pathlib import Path
import re
from typing import Any, NamedTuple

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN
from custom_components.exist.links.link import SUBENTRY_LINK
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section

from .exist_server import ExistServer
from .writing import settle

EN: Mapping[str, Any] = json.loads(
    (
        Path(__file__).parent.parent / "custom_components/exist/translations/en.json"
    ).read_text()
)
TEXTS: Mapping[str, Any] = EN["config_subentries"]["link"]
TAKEN = ("POST /api/2/attributes/acquire/", "POST /api/2/attributes/create/")


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Begin a new link."""
    return _read(
        await hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_LINK), context={"source": "user"}
        )
    )


async def edit(hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str) -> Any:
    """Begin to edit a link."""
    return _read(
        await hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_LINK),
            context={"source": "reconfigure", "subentry_id": subentry_id},
        )
    )


async def submit(hass: HomeAssistant, result: Any, given: Mapping[str, Any]) -> Any:
    """Send one page off; what is not given stays as it was chosen beforehand.

    From the last menu it is the last page that is sent off.
    """
    if result["type"] is FlowResultType.MENU and result["step_id"] == "ready":
        result = await choose(hass, result, "finish")
        if result["type"] is FlowResultType.ABORT:
            return result
    assert result["type"] is FlowResultType.FORM, result
    given = _filled(result["data_schema"], given)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], given
    )
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        count = (result["description_placeholders"] or {})["count"]
        assert TEXTS["progress"][result["progress_action"]].format(count=count)
        await hass.async_block_till_done()
        result = await hass.config_entries.subentries.async_configure(result["flow_id"])
    return _read(result)


def _filled(schema: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the frontend sends: fields as they are shown, and what was given."""
    filled: dict[str, Any] = {}
    for marker, field in schema.schema.items():
        key = str(marker)
        if isinstance(field, section):
            if inside := _filled(field.schema, given.get(key, {})):
                filled[key] = inside
        elif key in given:
            filled[key] = given[key]
        elif (shown := _shown(marker)) is not None:
            filled[key] = shown
    return {key: value for key, value in filled.items() if value != ""}


async def choose(hass: HomeAssistant, result: Any, option: str) -> Any:
    """Choose an option of a menu."""
    assert result["type"] is FlowResultType.MENU, result
    return _read(
        await hass.config_entries.subentries.async_configure(
            result["flow_id"], {"next_step_id": option}
        )
    )


async def walk(
    hass: HomeAssistant, result: Any, *pages: Mapping[str, Any] | str
) -> Any:
    """Send several pages off, none of which may complain; of a menu, choose."""
    for page in pages:
        before = result["step_id"]
        if isinstance(page, str):
            result = await choose(hass, result, page)
        else:
            result = await submit(hass, result, page)
        if result["type"] is FlowResultType.MENU:
            continue
        assert not result.get("errors"), (before, result["errors"])
    return result


async def finish(
    hass: HomeAssistant, entry: MockConfigEntry, result: Any, **given: Any
) -> ConfigSubentry:
    """Send the last pages off; return the link that came of it, at work."""
    known = set(entry.subentries)
    past = {key: given.pop(key) for key in ("replace",) if key in given}
    if result["step_id"] != "past":
        result = await walk(hass, result, given)
    if result.get("step_id") == "past":
        result = await walk(hass, result, past)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await settle(hass)
    made: ConfigSubentry
    [made] = [link for key, link in entry.subentries.items() if key not in known]
    return made


async def with_part(hass: HomeAssistant, result: Any, part: Mapping[str, Any]) -> Any:
    """Change the part of the day from the last menu, and go back there."""
    hours = {key: each for key, each in part.items() if key != "part"}
    pages: list[Any] = ["change", "part", {"part": part["part"]}]
    return await walk(hass, result, *pages, *([hours] if hours else []), "ready")


class Row(NamedTuple):
    """A day as the preview shows it."""

    day: str
    told: str
    at_exist: str


def days_shown(result: Any) -> list[Row]:
    """Return the rows of the preview, the newest first; no day is broken in two."""
    preview = result["description_placeholders"]["preview"].replace(
        "\N{NON-BREAKING HYPHEN}", "-"
    )
    rows = re.findall("<tr><td>.*?</tr>", preview)
    return [Row(*map(unescape, re.findall("<td>(.*?)</td>", row))) for row in rows]


def refused(result: Any) -> str:
    """Return the error of a page that must have one, as a person reads it."""
    assert result["type"] is FlowResultType.FORM
    [(where, error)] = result["errors"].items()
    assert where == "base"
    return str(TEXTS["error"][error]).format(**result["description_placeholders"] or {})


def said(result: Any) -> str:
    """Return the text above the fields."""
    text = str(TEXTS["step"][result["step_id"]]["description"])
    return unescape(text.format(**result["description_placeholders"] or {}))


def beforehand(result: Any, key: str) -> Any:
    """Return what a field shows before the person does anything."""
    [marker] = [each for each in _fields(result) if each == key]
    return _shown(marker)


def _fields(result: Any) -> dict[Any, Any]:
    """Return the fields of a page, also the folded ones."""
    found: dict[Any, Any] = {}
    for marker, field in result["data_schema"].schema.items():
        found |= field.schema.schema if isinstance(field, section) else {marker: field}
    return found


def _shown(marker: Any) -> Any:
    suggested = (marker.description or {}).get("suggested_value")
    if suggested is not None:
        return suggested
    default = marker.default
    return default() if callable(default) else None


def field_of(result: Any, key: str) -> Any:
    """Return the selector of a field."""
    return _fields(result)[key]


def asks_for(result: Any) -> set[str]:
    """Return the fields of a page."""
    return {str(key) for key in _fields(result)}


def offered(result: Any, key: str) -> dict[str, str]:
    """Return the choices of a field and how they read, in order."""
    config = _fields(result)[key].config
    words = EN["selector"].get(config.get("translation_key"), {}).get("options", {})
    return {
        option["value"] if isinstance(option, dict) else option: option["label"]
        if isinstance(option, dict)
        else words.get(option, option)
        for option in config["options"]
    }


def untouched(server: ExistServer) -> bool:
    """Return whether nothing was asked of Exist that changes an owner."""
    return not any(server.requests[each] for each in TAKEN)


def _read(result: Any) -> Any:
    """Read all of a page as a person does: no text and no name may be missing."""
    names = result.get("description_placeholders") or {}
    if result["type"] is FlowResultType.ABORT:
        domain = result.get("translation_domain")
        assert domain in (None, DOMAIN, "homeassistant"), domain
        TEXTS["abort"][result["reason"]].format(**names)
    if result["type"] not in (FlowResultType.FORM, FlowResultType.MENU):
        return result
    texts = TEXTS["step"][result["step_id"]]
    texts["title"].format(**names)
    if "description" in texts:
        assert "{" not in texts["description"].format(**names)
    if result["type"] is FlowResultType.MENU:
        for kind in ("menu_options", "menu_option_descriptions"):
            for option in result["menu_options"]:
                assert texts[kind][option].format(**names)
        return result
    _read_fields(result["data_schema"], texts)
    if result["errors"]:
        refused(result)
    return result


def _read_fields(schema: Any, texts: Mapping[str, Any]) -> None:
    for field, selector in schema.schema.items():
        if isinstance(selector, section):
            folded = texts["sections"][str(field)]
            assert folded["name"]
            _read_fields(selector.schema, folded)
            continue
        assert texts["data"][str(field)]
        assert texts["data_description"][str(field)]
        if key := getattr(selector, "config", {}).get("translation_key"):
            assert set(selector.config["options"]) <= set(
                EN["selector"][key]["options"]
            )
