"""The account's options: what is seen, what is owned, and what removal does."""

from collections.abc import Iterable, Mapping
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..account.data import is_wanted
from ..account.failures import exist_errors
from ..account.scopes import any_write
from ..api import Attribute
from ..changes.candidates import Candidate, acquirable, bullets, by_group, heirs, losers
from ..changes.carry_out import OwnershipResult
from ..changes.ownership import async_acquire, async_release
from ..const import ATTRIBUTES_URL, CONF_GROUPS, CONF_POLICIES, CONF_RELEASE_ON_REMOVE
from ..runtime import ExistConfigEntry, ExistRuntimeData
from ..values.templates import Policy, describe
from .groups_form import groups_schema

CONF_ATTRIBUTES = "attributes"
CONF_GROUP = "group"
CONF_MANUAL = "manual"
CONF_SWITCHED = "switched"

MANUAL_CHOICES: Mapping[str, bool | None] = {
    "unchanged": None,
    "by_hand": True,
    "by_home_assistant": False,
}


class ExistOptionsFlow(OptionsFlow):
    """Changes what an account shows and owns."""

    config_entry: ExistConfigEntry

    def __init__(self) -> None:
        """Prepare an empty flow."""
        self._candidates: tuple[Candidate, ...] = ()
        self._group = ""
        self._chosen: tuple[Candidate, ...] = ()
        self._manual: bool | None = None
        self._giving_up: tuple[Attribute, ...] = ()

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the menu, while the account is loaded."""
        _ = self._runtime
        return self.async_show_menu(
            step_id="init",
            menu_options=[
                "show",
                "policies",
                "acquire_group",
                "release_group",
                "removal",
            ],
        )

    @property
    def _runtime(self) -> ExistRuntimeData:
        """The loaded account; it may have been unloaded while a page was open."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("not_loaded")
        runtime: ExistRuntimeData = self.config_entry.runtime_data
        return runtime

    def _finish(self, changes: Mapping[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(data={**self.config_entry.options, **changes})

    async def async_step_show(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the groups to see."""
        if user_input is not None:
            return self._finish({CONF_GROUPS: user_input[CONF_GROUPS]})
        data = self._runtime.coordinator.data
        chosen = self.config_entry.options.get(CONF_GROUPS, [])
        return self.async_show_form(
            step_id="show", data_schema=groups_schema(data, chosen)
        )

    async def async_step_policies(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose which attributes show another day than usual."""
        data = self._runtime.coordinator.data
        options = self.config_entry.options
        known: dict[str, str] = options.get(CONF_POLICIES, {})
        usual = {
            attribute.name: describe(attribute.template, attribute.value_type).policy
            for attribute in data.attributes.values()
            if is_wanted(data, attribute, options.get(CONF_GROUPS, []))
        }
        if user_input is not None:
            switched = user_input.get(CONF_SWITCHED, [])
            hidden = {name: known[name] for name in known if name not in usual}
            policies = {name: _other(usual[name]).value for name in switched}
            return self._finish({CONF_POLICIES: hidden | policies})
        labels = {
            policy: [
                SelectOptionDict(value=name, label=data.attributes[name].label)
                for name in sorted(
                    usual, key=lambda name: data.attributes[name].label.casefold()
                )
                if usual[name] is policy
            ]
            for policy in Policy
        }
        return self.async_show_form(
            step_id="policies",
            data_schema=vol.Schema(
                {
                    vol.Optional(
                        CONF_SWITCHED,
                        # A default would come back when the person clears the field.
                        description={
                            "suggested_value": [
                                name
                                for name, policy in known.items()
                                if name in usual and policy != usual[name]
                            ]
                        },
                    ): _dropdown(labels[Policy.TODAY] + labels[Policy.LATEST])
                }
            ),
        )

    async def async_step_acquire_group(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the group in which to acquire."""
        if user_input is not None:
            self._group = user_input[CONF_GROUP]
            return await self.async_step_acquire()
        entry = self.config_entry
        runtime = self._runtime
        if not any_write(runtime.scopes):
            return self.async_abort(reason="no_write_scope")
        try:
            with exist_errors(self.hass, entry, writing=False):
                templates = await runtime.coordinator.async_templates()
        except HomeAssistantError as err:
            return self._show_outcome(str(err))
        self._candidates = acquirable(
            runtime.coordinator.data, templates, runtime.scopes
        )
        if not self._candidates:
            return self.async_abort(reason="nothing_to_acquire")
        return self.async_show_form(
            step_id="acquire_group",
            data_schema=_group_schema(
                by_group(candidate.group for candidate in self._candidates)
            ),
        )

    async def async_step_acquire(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what to acquire in the group; nothing is ticked beforehand."""
        offered = {
            candidate.key: candidate
            for candidate in self._candidates
            if candidate.group.name == self._group
        }
        errors = {}
        if user_input is not None:
            keys = user_input.get(CONF_ATTRIBUTES, [])
            if keys:
                self._chosen = tuple(offered[key] for key in keys)
                self._manual = MANUAL_CHOICES[user_input[CONF_MANUAL]]
                return await self.async_step_acquire_confirm()
            errors["base"] = "nothing_chosen"
        options = [
            SelectOptionDict(value=key, label=candidate.text())
            for key, candidate in offered.items()
        ]
        return self.async_show_form(
            step_id="acquire",
            data_schema=vol.Schema(
                {
                    vol.Optional(CONF_ATTRIBUTES): _ticks(options),
                    vol.Required(CONF_MANUAL, default="unchanged"): SelectSelector(
                        SelectSelectorConfig(
                            options=list(MANUAL_CHOICES),
                            mode=SelectSelectorMode.LIST,
                            translation_key=CONF_MANUAL,
                        )
                    ),
                }
            ),
            errors=errors,
            description_placeholders={"url": ATTRIBUTES_URL},
        )

    async def async_step_acquire_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say which service loses what, and acquire once that is confirmed."""
        if user_input is None:
            return self.async_show_form(
                step_id="acquire_confirm",
                description_placeholders={
                    "losers": losers(self._chosen),
                    "free": bullets(
                        candidate.label
                        for candidate in self._chosen
                        if candidate.owner is None and candidate.owner_visible
                    ),
                    "unknown": bullets(
                        candidate.label
                        for candidate in self._chosen
                        if not candidate.owner_visible
                    ),
                    "url": ATTRIBUTES_URL,
                },
            )
        failed: list[str] = []
        # What nobody owned a moment ago is not taken from whoever came since.
        for take_over in (False, True):
            items = [
                candidate.item_with(self._manual)
                for candidate in self._chosen
                if candidate.takes_over is take_over
            ]
            if not items:
                continue
            try:
                result = await async_acquire(
                    self.hass, self.config_entry, items, take_over=take_over
                )
            except HomeAssistantError as err:
                failed.append(str(err))
            else:
                failed.extend(_failures(result))
        return self._show_outcome(*failed)

    async def async_step_release_group(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the group in which to release."""
        if user_input is not None:
            self._group = user_input[CONF_GROUP]
            return await self.async_step_release()
        owned = self._owned()
        if not owned:
            return self.async_abort(reason="nothing_owned")
        return self.async_show_form(
            step_id="release_group",
            data_schema=_group_schema(by_group(attribute.group for attribute in owned)),
        )

    def _owned(self) -> tuple[Attribute, ...]:
        data = self._runtime.coordinator.data
        return tuple(
            sorted(
                (data.attributes[name] for name in data.owned),
                key=lambda attribute: attribute.label.casefold(),
            )
        )

    async def async_step_release(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what to release in the group; nothing is ticked beforehand."""
        offered = {
            attribute.name: attribute
            for attribute in self._owned()
            if attribute.group.name == self._group
        }
        errors = {}
        if user_input is not None:
            names = user_input.get(CONF_ATTRIBUTES, [])
            self._giving_up = tuple(offered[name] for name in names if name in offered)
            if self._giving_up:
                return await self.async_step_release_confirm()
            errors["base"] = "nothing_chosen"
        options = [
            SelectOptionDict(value=name, label=attribute.label)
            for name, attribute in offered.items()
        ]
        return self.async_show_form(
            step_id="release",
            data_schema=vol.Schema({vol.Optional(CONF_ATTRIBUTES): _ticks(options)}),
            errors=errors,
            description_placeholders={"url": ATTRIBUTES_URL},
        )

    async def async_step_release_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say who will probably own it next, and release once that is confirmed."""
        if user_input is None:
            owners = self._runtime.owners
            previous = {
                attribute.name: service
                for attribute in self._giving_up
                if (service := owners.get(attribute.name)) is not None
            }
            names = {attribute.name for attribute in self._giving_up}
            fed = [
                link.title
                for link in self._runtime.links.links.values()
                if link.attribute in names and not link.observe
            ]
            return self.async_show_form(
                step_id="release_confirm",
                description_placeholders={
                    "heirs": heirs(self._giving_up, previous),
                    "links": bullets(fed),
                    "url": ATTRIBUTES_URL,
                },
            )
        try:
            result = await async_release(
                self.hass,
                self.config_entry,
                [attribute.name for attribute in self._giving_up],
            )
        except HomeAssistantError as err:
            return self._show_outcome(str(err))
        return self._show_outcome(*_failures(result))

    def _show_outcome(self, *failed: str) -> ConfigFlowResult:
        """End quietly when all went well, else say what failed and why."""
        if not failed:
            return self._finish({})
        return self.async_show_form(
            step_id="outcome",
            description_placeholders={"failed": bullets(failed), "url": ATTRIBUTES_URL},
        )

    async def async_step_outcome(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Close the page that said what failed."""
        return self._finish({})

    async def async_step_removal(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what happens to ownership when the account is removed."""
        if user_input is not None:
            return self._finish(user_input)
        present = self.config_entry.options.get(CONF_RELEASE_ON_REMOVE, False)
        return self.async_show_form(
            step_id="removal",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_RELEASE_ON_REMOVE, default=present
                    ): BooleanSelector()
                }
            ),
        )


def _other(policy: Policy) -> Policy:
    return Policy.LATEST if policy is Policy.TODAY else Policy.TODAY


def _failures(result: OwnershipResult) -> Iterable[str]:
    return (f"{failed.label}: {failed.error}" for failed in result.failed)


def _dropdown(options: list[SelectOptionDict]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN
        )
    )


def _ticks(options: list[SelectOptionDict]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=options, multiple=True, mode=SelectSelectorMode.LIST
        )
    )


def _group_schema(groups: dict[str, tuple[str, int]]) -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_GROUP): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=name, label=f"{label} ({count})")
                        for name, (label, count) in groups.items()
                    ],
                    mode=SelectSelectorMode.LIST,
                )
            )
        }
    )
