"""Attributes as Home Assistant's language calls them, for pages that people see."""

from dataclasses import replace

from homeassistant.core import HomeAssistant, callback

from ..api import Attribute, Group
from ..changes.candidates import Candidate
from ..notices.translated import group_name, official_name


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


@callback
def _group_in_words(hass: HomeAssistant, group: Group) -> Group:
    return replace(group, label=group_name(hass, group.name, group.label))
