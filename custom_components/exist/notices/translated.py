"""Translated texts for pages, answers and notifications, and for errors."""

from collections.abc import Sequence
import re

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)

from ..const import DOMAIN

_TEXT = f"component.{DOMAIN}.selector.texts.options.{{}}"
_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")


async def async_text(hass: HomeAssistant, key: str, **names: str) -> str:
    """Return a text in Home Assistant's language.

    They stand among those of selectors: Home Assistant knows no place for texts that
    are neither raised nor belong to one page.
    """
    texts = await async_get_translations(
        hass, hass.config.language, "selector", [DOMAIN]
    )
    return texts[_TEXT.format(key)].format(**names)


@callback
def cached_text(hass: HomeAssistant, key: str) -> str:
    """Return the same where nothing can be waited for; empty until it is loaded."""
    texts = async_get_cached_translations(
        hass, hass.config.language, "selector", DOMAIN
    )
    return texts.get(_TEXT.format(key), "")


async def async_spelled(hass: HomeAssistant, number: str) -> str:
    """Return a number with the sign that Home Assistant's language has for the point."""
    return _DECIMAL_POINT.sub(await async_text(hass, "decimal_mark"), number)


async def async_load_names(hass: HomeAssistant) -> None:
    """Have the names of official attributes at hand, for `official_name`."""
    await async_get_translations(hass, hass.config.language, "selector", [DOMAIN])


@callback
def official_name(hass: HomeAssistant, template: str | None, label: str) -> str:
    """Return an official attribute's label in Home Assistant's language.

    A label that is not the official English one is the person's, and stays.
    """
    return _official(hass, f"template.options.{template}", label)


@callback
def group_name(hass: HomeAssistant, name: str, label: str) -> str:
    """Return the same of a group of attributes."""
    return _official(hass, f"group.options.{name}", label)


@callback
def _official(hass: HomeAssistant, option: str, label: str) -> str:
    key = f"component.{DOMAIN}.selector.{option}"
    english, own = (
        async_get_cached_translations(hass, language, "selector", DOMAIN).get(key)
        for language in ("en", hass.config.language)
    )
    return own if own is not None and english == label else label


async def async_group_names(hass: HomeAssistant) -> dict[str, str]:
    """Return what each group is called, and the scope that spans groups, by name."""
    texts = await async_get_translations(
        hass, hass.config.language, "selector", [DOMAIN]
    )
    start = f"component.{DOMAIN}.selector.group.options."
    return {
        key.removeprefix(start): text
        for key, text in texts.items()
        if key.startswith(start)
    }


async def async_scopes_in_words(hass: HomeAssistant, scopes: Sequence[str]) -> str:
    """Return the scopes as a person chose them: each group, and read or write."""
    names = await async_group_names(hass)
    words = []
    for scope in scopes:
        group, _, right = scope.rpartition("_")
        words.append(await async_text(hass, f"scope_{right}", group=names[group]))
    return ", ".join(words)


async def async_listed(hass: HomeAssistant, labels: Sequence[str]) -> str:
    """Return the labels as a sentence lists them: A, B and C."""
    *others, last = labels
    if not others:
        return last
    return await async_text(hass, "listed", first=", ".join(others), last=last)


async def async_text_of_length(hass: HomeAssistant, text: str) -> str:
    """Return in words how long a text is, where the text itself must not stand."""
    return await async_text(hass, "text_of_length", length=str(len(text)))


def failed(key: str, **names: str) -> HomeAssistantError:
    """Return a translated error for what did not work."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=names
    )


def wrong(key: str, **names: str) -> ServiceValidationError:
    """Return a translated error for a call that cannot be carried out."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=names
    )
