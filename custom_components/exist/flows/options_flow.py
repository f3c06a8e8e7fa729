"""The account's options: what is seen, what is owned, and what removal does."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import BooleanSelector

from ..account.data import is_wanted
from ..changes.candidates import bullets
from ..const import (
    ATTRIBUTES_URL,
    CONF_CLEAR_ON_REMOVE,
    CONF_GROUPS,
    CONF_HISTORY_GROUPS,
    CONF_POLICIES,
    CONF_RELEASE_ON_REMOVE,
)
from ..notices.plain_text import as_typed, in_alphabet
from ..notices.translated import async_group_names, async_listed, async_text
from ..runtime import ExistConfigEntry, ExistRuntimeData
from ..values.templates import Policy, describe
from .form_pieces import Given, dropdown, filled, groups_schema, loaded
from .in_words import attribute_in_words
from .ownership_pages import (
    CONF_ATTRIBUTES,
    CONF_TAGS,
    Acquiring,
    Direction,
    Releasing,
    async_sections,
)

CONF_SWITCHED = "switched"

type Begin = Callable[[HomeAssistant, ExistConfigEntry], Awaitable[Direction]]


class ExistOptionsFlow(OptionsFlow):
    """Changes what an account shows and owns."""

    config_entry: ExistConfigEntry

    def __init__(self) -> None:
        """Prepare an empty flow."""
        self._direction: Direction
        self._chosen: dict[str, Any] = {}

    async def async_step_init(self, user_input: Given = None) -> ConfigFlowResult:
        """Show the menu, while the account is loaded."""
        _ = self._runtime
        return self.async_show_menu(
            step_id="init",
            menu_options=[
                "show",
                "policies",
                "acquire",
                "release",
                "history",
                "removal",
            ],
        )

    @property
    def _runtime(self) -> ExistRuntimeData:
        return loaded(self.config_entry).runtime_data

    def _finish(self, changes: Mapping[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(data={**self.config_entry.options, **changes})

    async def async_step_show(self, user_input: Given = None) -> ConfigFlowResult:
        """Choose the groups to see."""
        seen = self.config_entry.options.get(CONF_GROUPS, [])
        return await self._async_ask_groups("show", CONF_GROUPS, seen, user_input)

    async def async_step_history(self, user_input: Given = None) -> ConfigFlowResult:
        """Choose the groups whose past is imported; at first those that are seen."""
        key, options = CONF_HISTORY_GROUPS, self.config_entry.options
        chosen = options.get(key, options.get(CONF_GROUPS, []))
        return await self._async_ask_groups("history", key, chosen, user_input)

    async def _async_ask_groups(
        self, step_id: str, key: str, chosen: Sequence[str], user_input: Given
    ) -> ConfigFlowResult:
        if user_input is not None:
            return self._finish(user_input)
        data = self._runtime.coordinator.data
        names = await async_group_names(self.hass)
        schema = groups_schema(data, names, chosen, key)
        return self.async_show_form(step_id=step_id, data_schema=schema)

    async def async_step_policies(self, user_input: Given = None) -> ConfigFlowResult:
        """Choose which attributes show another day than usual."""
        data = self._runtime.coordinator.data
        options = self.config_entry.options
        known: dict[str, str] = options.get(CONF_POLICIES, {})
        shown = sorted(
            (
                attribute_in_words(self.hass, attribute)
                for attribute in data.attributes.values()
                if is_wanted(data, attribute, options.get(CONF_GROUPS, []))
            ),
            key=lambda attribute: in_alphabet(attribute.label),
        )
        usual = {
            each.name: describe(each.template, each.value_type).policy for each in shown
        }
        if user_input is not None:
            switched = user_input.get(CONF_SWITCHED, [])
            hidden = {name: known[name] for name in known if name not in usual}
            policies = {name: _other(usual[name]).value for name in switched}
            return self._finish({CONF_POLICIES: hidden | policies})
        present = [
            name
            for name, policy in known.items()
            if name in usual and policy != usual[name]
        ]
        words = {
            Policy.TODAY: await async_text(self.hass, "shows_today"),
            Policy.LATEST: await async_text(self.hass, "shows_newest"),
        }
        now = {
            name: _other(policy) if name in present else policy
            for name, policy in usual.items()
        }
        offered = {
            each.name: f"{each.label} · {words[now[each.name]]}"
            for policy in Policy
            for each in shown
            if usual[each.name] is policy
        }
        field = filled(CONF_SWITCHED, present)
        return self.async_show_form(
            step_id="policies",
            data_schema=vol.Schema({field: dropdown(offered, multiple=True)}),
        )

    async def async_step_acquire(self, user_input: Given = None) -> ConfigFlowResult:
        """Choose what to acquire."""
        return await self._async_choose("acquire", Acquiring.async_begin, user_input)

    async def async_step_acquire_confirm(
        self, user_input: Given = None
    ) -> ConfigFlowResult:
        """Say which service loses what, and acquire once that is confirmed."""
        return await self._async_confirm("acquire_confirm", user_input)

    async def async_step_release(self, user_input: Given = None) -> ConfigFlowResult:
        """Choose what to release."""
        return await self._async_choose("release", Releasing.async_begin, user_input)

    async def async_step_release_confirm(
        self, user_input: Given = None
    ) -> ConfigFlowResult:
        """Say who will probably own it next, and release once that is confirmed."""
        return await self._async_confirm("release_confirm", user_input)

    async def _async_choose(
        self, step_id: str, begin: Begin, user_input: Given
    ) -> ConfigFlowResult:
        """Choose attributes; nothing is chosen beforehand."""
        _ = self._runtime
        errors, taken = {}, None
        if user_input is None:
            try:
                self._direction = await begin(self.hass, self.config_entry)
            except AbortFlow:
                raise
            except HomeAssistantError as err:
                return self._show_failed(str(err))
        elif taken := self._direction.taken(user_input):
            errors[CONF_TAGS] = "tag_exists"
        elif any(self._direction.said(self.config_entry, user_input).values()):
            self._chosen = user_input
            return await self._async_confirm(f"{step_id}_confirm", None)
        else:
            errors["base"] = "nothing_chosen"
        choice = dropdown(self._direction.offered, multiple=True)
        schema = vol.Schema(
            {vol.Optional(CONF_ATTRIBUTES): choice, **self._direction.fields}
        )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders={
                "url": ATTRIBUTES_URL,
                "label": taken or "",
            },
        )

    async def _async_confirm(self, step_id: str, user_input: Given) -> ConfigFlowResult:
        """Say what it means; only after that it is done."""
        _ = self._runtime
        if user_input is None:
            said = self._direction.said(self.config_entry, self._chosen)
            sections = await async_sections(self.hass, said)
            return self.async_show_form(
                step_id=step_id, description_placeholders={"sections": sections}
            )
        outcome = await self._direction.async_do(
            self.hass, self.config_entry, self._chosen
        )
        if outcome.failed:
            rest = {"outcome_rest": bullets(outcome.done)}
            return self._show_failed(
                *outcome.failed, rest=await async_sections(self.hass, rest)
            )
        labels = await async_listed(self.hass, outcome.done)
        # An end of options has no words of its own.
        return self.async_abort(
            reason=self._direction.done_as(self._chosen),
            description_placeholders={"labels_escaped": as_typed(labels)},
        )

    def _show_failed(self, *failed: str, rest: str = "") -> ConfigFlowResult:
        """Say what failed and why, and what of the rest was done."""
        sections = "\n\n".join(each for each in (bullets(failed), rest) if each)
        return self.async_show_form(
            step_id="outcome",
            description_placeholders={"sections": sections, "url": ATTRIBUTES_URL},
        )

    async def async_step_outcome(self, user_input: Given = None) -> ConfigFlowResult:
        """Close the page that said what failed."""
        return self._finish({})

    async def async_step_removal(self, user_input: Given = None) -> ConfigFlowResult:
        """Choose what happens to ownership when the account is removed."""
        if user_input is not None:
            return self._finish(user_input)
        options = self.config_entry.options
        fields = {
            vol.Required(key, default=options.get(key, False)): BooleanSelector()
            for key in (CONF_RELEASE_ON_REMOVE, CONF_CLEAR_ON_REMOVE)
        }
        return self.async_show_form(step_id="removal", data_schema=vol.Schema(fields))


def _other(policy: Policy) -> Policy:
    return Policy.LATEST if policy is Policy.TODAY else Policy.TODAY
