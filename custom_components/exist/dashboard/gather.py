"""What an account has that a person sees: read from registry, states and account."""

from collections.abc import Mapping
from math import inf

from homeassistant.const import ATTR_RESTORED, STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from ..account.data import owned_tags
from ..account.ids import account_id, attribute_id, link_entity_id, own_id
from ..api import Attribute, ValueType
from ..const import CONF_POLICIES
from ..history.charts import chart_of
from ..notices.plain_text import in_alphabet
from ..notices.translated import async_text, official_name
from ..runtime import ExistConfigEntry
from ..values.kinds import KINDS, Policy
from ..values.templates import describe
from .belongings import Belongings, ChartedPast, Looks, ShownAttribute

type Seen = Mapping[tuple[str, str], str]
"""Entity IDs by domain and unique ID."""

_CONNECTION = ("last_poll", "values_waiting", "history")
_SENSORS = (Platform.SENSOR, Platform.BINARY_SENSOR)
# What Exist calls the attribute that holds another one's goal.
_GOAL = "_goal"
# The name of a picture, which a person sees in words anyway.
_NOT_TO_READ = "weather_icon"


async def async_belongings(hass: HomeAssistant, entry: ExistConfigEntry) -> Belongings:
    """Return what there is to show, without what is disabled, hidden or gone."""
    runtime = entry.runtime_data
    data = runtime.coordinator.data
    seen = _seen(hass, entry)

    def own(domain: Platform, key: str) -> str | None:
        return seen.get((domain, own_id(entry, key)))

    tags = own(Platform.TODO, "tags")
    listed = {each.name for each in owned_tags(data)}
    links = (
        seen.get((Platform.SENSOR, link_entity_id(entry, link, "state")))
        for link in sorted(runtime.links.links)
    )
    connection = (own(Platform.SENSOR, key) for key in _CONNECTION)
    fed = runtime.links.fed
    return Belongings(
        today=runtime.coordinator.today,
        attributes=[
            # What is on the list needs no card of its own.
            await _async_shown(
                hass,
                entry,
                each,
                {} if tags and each.name in listed else seen,
                is_fed=each.name in fed,
            )
            for each in sorted(data.attributes.values(), key=_rank)
            if not _is_goal(each, data.attributes) and each.template != _NOT_TO_READ
        ],
        edited_day=own(Platform.DATE, "edited_day"),
        tags=tags,
        links=[each for each in links if each],
        connection=[each for each in connection if each],
    )


def _seen(hass: HomeAssistant, entry: ExistConfigEntry) -> Seen:
    return {
        (each.domain, each.unique_id): each.entity_id
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if each.disabled_by is None
        and each.hidden_by is None
        and _is_there(hass.states.get(each.entity_id))
    }


def _is_there(state: State | None) -> bool:
    """Return whether an entity has anything behind it, now or when Exist answers."""
    # Home Assistant itself shows what it restored and we no longer have.
    if state is None or state.attributes.get(ATTR_RESTORED):
        return False
    # Controls are unavailable only while what they are for is not owned.
    return state.state != STATE_UNAVAILABLE or state.domain in _SENSORS


def _rank(attribute: Attribute) -> tuple[float, float, str]:
    """Return Exist's own order: what matters most to people comes first."""
    priorities = (attribute.priority, attribute.group.priority)
    first, second = (inf if each is None else each for each in priorities)
    return first, second, in_alphabet(attribute.label)


def _is_goal(attribute: Attribute, attributes: Mapping[str, Attribute]) -> bool:
    """Return whether it is the goal of another one, beside which it is shown."""
    name = attribute.name.removesuffix(_GOAL)
    return name != attribute.name and name in attributes


async def _async_shown(
    hass: HomeAssistant,
    entry: ExistConfigEntry,
    attribute: Attribute,
    seen: Seen,
    *,
    is_fed: bool,
) -> ShownAttribute:
    kind, unique_id = KINDS[attribute.value_type], attribute_id(entry, attribute.name)

    def of(domain: Platform | None) -> str | None:
        return seen.get((domain, unique_id)) if domain else None

    chosen = entry.options.get(CONF_POLICIES, {}).get(attribute.name)
    policy = Policy(chosen or describe(attribute.template, attribute.value_type).policy)
    return ShownAttribute(
        looks=_looks(attribute.value_type),
        today=policy is Policy.TODAY,
        sensor=of(kind.sensor),
        # A touch would take the day from its link.
        control=None if is_fed else of(kind.control),
        plus_one=None if is_fed else of(Platform.BUTTON),
        past=await _async_past(hass, entry, attribute, policy),
    )


def _looks(value_type: ValueType) -> Looks:
    kind = KINDS[value_type]
    if value_type is ValueType.SCALE:
        return Looks.SCALE
    if kind.is_number:
        return Looks.NUMBER
    if kind.moment is not None:
        return Looks.CLOCK
    return Looks.YES_OR_NO if kind.natural_zero else Looks.WORDS


async def _async_past(
    hass: HomeAssistant, entry: ExistConfigEntry, attribute: Attribute, policy: Policy
) -> ChartedPast | None:
    history = entry.runtime_data.history
    label = official_name(hass, attribute.template, attribute.label)
    statistic = history.statistic_of(attribute.name)
    chart = chart_of(account_id(entry), attribute, policy)
    if statistic is None or chart is None:
        return None
    titles = {"day": label}
    if chart.adds_up:
        titles["week"] = await async_text(hass, "dashboard_by_week", label=label)
        titles["month"] = await async_text(hass, "dashboard_by_month", label=label)
    else:
        titles["week"] = await async_text(hass, "dashboard_mean_by_week", label=label)
        titles["month"] = await async_text(hass, "dashboard_mean_by_month", label=label)
    if chart.begins is not None:
        key = "hours_after_midday" if chart.begins else "hours_after_midnight"
        for period, title in titles.items():
            titles[period] = await async_text(hass, key, label=title)
    first = history.contents.charted[attribute.name].first
    return ChartedPast(statistic, titles["day"], chart.adds_up, first, titles)
