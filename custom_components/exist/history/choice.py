"""Which attributes are charted, and what their statistics are called."""

from collections.abc import Mapping

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..account.data import AccountData, is_wanted
from ..account.ids import account_id
from ..account.turns import async_in_turns
from ..const import CONF_GROUPS, CONF_HISTORY_GROUPS, CONF_POLICIES
from ..notices.translated import async_load_names, async_text, official_name
from ..values.kinds import NOON, Policy
from .charts import Chart, chart_of

type Charts = Mapping[str, tuple[Chart, str]]
"""Each attribute's chart, and what its statistic is called."""


class ChosenCharts:
    """The charts of an account, found once for each poll and each choice."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Begin with none."""
        self._hass = hass
        self._entry = entry
        self._data: AccountData | None = None
        self._chosen: tuple[object, ...] = ()
        self._charts: Charts = {}

    async def async_get(self, data: AccountData) -> Charts:
        """Return the charts of what Exist shows."""
        entry = self._entry
        chosen = (entry.options, entry.title, self._hass.config.language)
        if data is not self._data or chosen != self._chosen:
            self._charts = await async_charts(self._hass, entry, data)
            self._data, self._chosen = data, chosen
        return self._charts


async def async_charts(
    hass: HomeAssistant, entry: ConfigEntry, data: AccountData
) -> Charts:
    """Return the charts of what Exist shows, as far as the person chose it."""
    shown = entry.options.get(CONF_GROUPS, [])
    groups = entry.options.get(CONF_HISTORY_GROUPS)
    policies: Mapping[str, str] = entry.options.get(CONF_POLICIES, {})
    charts: dict[str, tuple[Chart, str]] = {}
    await async_load_names(hass)
    async for name in async_in_turns(data.values):
        attribute = data.attributes[name]
        is_chosen = (
            is_wanted(data, attribute, shown)
            if groups is None
            else attribute.group.name in groups
        )
        policy = Policy(policies[name]) if name in policies else None
        chart = chart_of(account_id(entry), attribute, policy)
        if not is_chosen or chart is None:
            continue
        label = official_name(hass, attribute.template, attribute.label)
        title = await async_text(hass, "with_colon", head=entry.title, rest=label)
        if chart.begins == NOON:
            title = await async_text(hass, "hours_after_midday", label=title)
        elif chart.begins is not None:
            title = await async_text(hass, "hours_after_midnight", label=title)
        charts[name] = chart, title
    return charts
