"""The form of a link as a person walks through it; every page must read well."""

from collections.abc import Mapping
from html import unescape
import json
from pathlib import Path
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.const import DOMAIN
from custom_components.exist.links.link import SUBENTRY_LINK
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

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
    """Send one page off; what is not given stays as it was chosen beforehand."""
    assert result["type"] is FlowResultType.FORM, result
    filled = {
        key: value
        for key in map(str, result["data_schema"].schema)
        if (value := beforehand(result, key)) is not None
    }
    given = {key: value for key, value in {**filled, **given}.items() if value != ""}
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], given
    )
    return _read(result)


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
    """Send the last page off; return the link that came of it, at work."""
    known = set(entry.subentries)
    result = await walk(hass, result, given)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await settle(hass)
    made: ConfigSubentry
    [made] = [link for key, link in entry.subentries.items() if key not in known]
    return made


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
    [marker] = [each for each in result["data_schema"].schema if each == key]
    suggested = (marker.description or {}).get("suggested_value")
    if suggested is not None:
        return suggested
    default = marker.default
    return default() if callable(default) else None


def asks_for(result: Any) -> set[str]:
    """Return the fields of a page."""
    return {str(key) for key in result["data_schema"].schema}


def offered(result: Any, key: str) -> dict[str, str]:
    """Return the choices of a field and how they read, in order."""
    config = result["data_schema"].schema[key].config
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
            assert set(result["menu_options"]) <= set(texts[kind])
        return result
    for field, selector in result["data_schema"].schema.items():
        assert texts["data"][str(field)]
        assert texts["data_description"][str(field)]
        if key := getattr(selector, "config", {}).get("translation_key"):
            assert set(selector.config["options"]) <= set(
                EN["selector"][key]["options"]
            )
    if result["errors"]:
        refused(result)
    return result
