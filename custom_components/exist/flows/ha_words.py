"""What Home Assistant itself calls states and state attributes."""

from collections.abc import Iterable, Mapping, Sequence

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_translate_state,
    async_translate_state_attr,
)

from ..links.entering import ABSENT
from ..links.subject import Subject


@callback
def async_states_in_words(
    hass: HomeAssistant, subject: Subject, states: Iterable[str]
) -> dict[str, str]:
    """Return what each state is called, or what the state attribute then is."""
    return {each: _state_in_words(hass, subject, each) for each in states}


def by_name(called: Mapping[str, str], typed: Sequence[str]) -> list[str]:
    """Return the states that were typed, also those by what they are `called`."""
    states = {each: each for each in ABSENT}
    states |= {called[each].casefold(): each for each in called}
    given = (each if each in called else each.strip() for each in typed)
    found = (
        each if each in called else states.get(each.casefold(), each) for each in given
    )
    return list(dict.fromkeys(filter(None, found)))


@callback
def _state_in_words(hass: HomeAssistant, subject: Subject, state: str) -> str:
    platform, key = _origin(hass, subject.entity_id)
    name, device_class = subject.watched.state_attribute, subject.device_class
    if name is None:
        return async_translate_state(
            hass, state, subject.domain, platform, key, device_class
        )
    return async_translate_state_attr(
        hass, state, subject.domain, platform, key, device_class, name
    )


@callback
def async_entity_in_words(hass: HomeAssistant, subject: Subject) -> str:
    """Return the name of the entity, and of the state attribute that is watched."""
    if (name := subject.watched.state_attribute) is None:
        return subject.name
    called = _attribute_names(hass, subject.entity_id)
    # As the frontend does where there is no word for it.
    plain = name.replace("_", " ")
    return f"{subject.name} · {called.get(name, plain[:1].upper() + plain[1:])}"


@callback
def async_attribute_named(hass: HomeAssistant, entity_id: str, typed: str) -> str:
    """Return the state attribute that is called so; what is not known is its name."""
    state = hass.states.get(entity_id)
    if state is not None and typed in state.attributes:
        return typed
    called = _attribute_names(hass, entity_id)
    same = (each for each in called if called[each].casefold() == typed.casefold())
    return next(same, typed)


@callback
def _attribute_names(hass: HomeAssistant, entity_id: str) -> Mapping[str, str]:
    """Return what the entity's state attributes are called, by their names."""
    domain = entity_id.partition(".")[0]
    platform, key = _origin(hass, entity_id)
    language, end = hass.config.language, ".name"
    found: dict[str, str] = {}
    for category, start in (
        ("entity_component", f"component.{domain}.entity_component._"),
        ("entity", f"component.{platform}.entity.{domain}.{key}"),
    ):
        start += ".state_attributes."
        texts = async_get_cached_translations(hass, language, category)
        found |= {
            text.removeprefix(start).removesuffix(end): texts[text]
            for text in texts
            if text.startswith(start) and text.endswith(end)
        }
    return found


@callback
def _origin(hass: HomeAssistant, entity_id: str) -> tuple[str | None, str | None]:
    """Return the integration of an entity, and its key there."""
    registered = er.async_get(hass).async_get(entity_id)
    if registered is None:
        return None, None
    return registered.platform, registered.translation_key
