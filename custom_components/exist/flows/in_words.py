"""Attributes as Home Assistant's language calls them, for pages that people see."""

from collections.abc import Mapping
from dataclasses import replace

from homeassistant.core import HomeAssistant, callback

from ..api import Attribute, Group
from ..changes.candidates import Candidate
from ..notices.translated import async_text, group_name, official_name


@callback
def attribute_in_words(hass: HomeAssistant, each: Attribute) -> Attribute:
    """Return the attribute with its label and its group's translated."""
    label = official_name(hass, each.template, each.label)
    return replace(each, label=label, group=_group_in_words(hass, each.group))


@callback
def candidate_in_words(hass: HomeAssistant, each: Candidate) -> Candidate:
    """Return the same of a candidate, which keeps the label that Exist knows."""
    return replace(
        each,
        label=official_name(hass, each.template, each.label),
        exist_label=each.label,
        group=_group_in_words(hass, each.group),
    )


async def async_lines(
    hass: HomeAssistant, candidates: Mapping[str, Candidate]
) -> dict[str, str]:
    """Return how each reads in a list: its group, its owner, or that it isn't there."""
    new = await async_text(hass, "not_there_yet")
    gone = await async_text(hass, "gone_from_exist")
    lines = {}
    for key, each in candidates.items():
        why = gone if each.gone else "" if each.exists else new
        lines[key] = f"{each.text()} ({why})" if why else each.text()
    return lines


@callback
def _group_in_words(hass: HomeAssistant, group: Group) -> Group:
    return replace(group, label=group_name(hass, group.name, group.label))
