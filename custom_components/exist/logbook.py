"""What Activity says of an attribute that we write."""

from collections.abc import Callable

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import ATTR_TYPE, DOMAIN, EVENT_WRITING
from .notices.translated import official_name

_KINDS = f"component.{DOMAIN}.entity.event.writing.state_attributes.event_type.state"

type Described = dict[str, str]
type Describe = Callable[[LazyEventPartialState], Described]


@callback
def async_describe_events(
    hass: HomeAssistant, async_describe_event: Callable[[str, str, Describe], None]
) -> None:
    """Describe what happened to an attribute, by its label and of which day."""

    @callback
    def describe(event: LazyEventPartialState) -> Described:
        told = event.data
        texts = async_get_cached_translations(
            hass, hass.config.language, "entity", DOMAIN
        )
        kind = told[ATTR_TYPE]
        message = texts.get(f"{_KINDS}.{kind}", kind)
        # An official attribute has its template's name.
        called = official_name(hass, told["attribute"], told["label"])
        return {
            LOGBOOK_ENTRY_NAME: called,
            LOGBOOK_ENTRY_MESSAGE: f"{message} ({told['date']})"
            if "date" in told
            else message,
            LOGBOOK_ENTRY_ENTITY_ID: told[ATTR_ENTITY_ID],
        }

    async_describe_event(DOMAIN, EVENT_WRITING, describe)
