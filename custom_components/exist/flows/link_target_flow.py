"""The second half of a link's form: the attribute to feed, and a look at the past."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..account.failures import exist_errors
from ..api import CreateItem, Template, ValueType
from ..changes.create import async_create
from ..changes.ownership import async_acquire
from ..const import ATTRIBUTES_URL, GROUPS, TAGS_GROUP
from ..ledger import Key
from ..links import Aggregate, Link, NotTold
from ..links.convert import Target, convertible
from ..links.link import (
    CONF_AGGREGATE,
    CONF_ASKED,
    CONF_ATTRIBUTE,
    CONF_DECIMALS,
    CONF_GROUP,
    CONF_LABEL,
    CONF_OBSERVE,
    CONF_PAST_DAYS,
    CONF_REPLACE,
    CONF_TEMPLATE,
    CONF_TEXT,
    CONF_UNIT,
    CONF_VALUE_TYPE,
    DEFAULT_DECIMALS,
    SUBENTRY_LINK,
)
from ..links.readable import readable_value
from ..links.source import recorder_ready
from ..links.subject import Subject, new_value_type
from ..links.suggest import Suggestion
from ..links.window import day_at
from ..notices.plain_text import as_typed, both_ways
from ..notices.translated import async_text, async_text_of_length
from ..runtime import ExistConfigEntry, ExistRuntimeData
from .link_pages import (
    CONF_TAKE_OVER,
    CONF_TARGET,
    NEW,
    attribute_page,
    finish_page,
    new_attribute_page,
)
from .link_targets import LinkTarget, link_targets

PREVIEW_DAYS = 7
# Nobody waits longer for a page.
FORM_SECONDS = 15
ROUNDED = (ValueType.DECIMAL, ValueType.PERCENTAGE)


class LinkTargetFlow(ConfigSubentryFlow):
    """Asks for the attribute, and shows what its last days would have been."""

    def __init__(self) -> None:
        """Prepare an empty form."""
        self._data: dict[str, Any] = {}
        self._subject: Subject
        self._target: LinkTarget | None = None
        self._targets: dict[str, LinkTarget] = {}
        self._suggestion: Suggestion | None = None

    @property
    def _account(self) -> ExistConfigEntry:
        entry: ExistConfigEntry = self._get_entry()
        return entry

    @property
    def _runtime(self) -> ExistRuntimeData:
        """The loaded account; it may have been unloaded while a page was open."""
        if self._account.state is not ConfigEntryState.LOADED:
            raise AbortFlow("not_loaded")
        if not recorder_ready(self.hass):
            raise AbortFlow("no_recorder")
        runtime: ExistRuntimeData = self._account.runtime_data
        return runtime

    @property
    def _is_new(self) -> bool:
        return self.source == SOURCE_USER

    def _linked(self) -> set[str]:
        """Return the attributes that other links feed."""
        own = None if self._is_new else self._get_reconfigure_subentry().subentry_id
        return {
            subentry.data[CONF_ATTRIBUTE]
            for subentry in self._account.subentries.values()
            if subentry.subentry_type == SUBENTRY_LINK and subentry.subentry_id != own
        }

    async def _async_templates(self) -> Mapping[str, Template]:
        """Return Exist's templates; none while Exist is away."""
        coordinator = self._runtime.coordinator
        try:
            with exist_errors(self.hass, self._account, writing=False):
                return await coordinator.async_templates()
        except HomeAssistantError:
            return {}

    @property
    def _aggregate(self) -> Aggregate:
        return Aggregate(self._data[CONF_AGGREGATE])

    async def async_step_attribute(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the attribute to feed: what fits first, or a new one."""
        errors, names = {}, {"unit": self._subject.unit or "–", "wanted": "–"}
        names["label"] = "–"
        chosen: str | None = None
        if user_input is not None:
            chosen = user_input.get(CONF_TARGET)
        if user_input is not None and chosen is None:
            errors["base"] = "no_target"
        elif chosen is not None:
            if chosen == NEW:
                return await self.async_step_new_attribute()
            target = self._targets[chosen]
            if (
                not self._data[CONF_TEXT]
                and self._needs_unit()
                and not convertible(self._subject.unit, self._wanted(target))
            ):
                errors["base"] = "wrong_unit"
                names["wanted"] = self._wanted(target).unit or "–"
                names["label"] = target.label
            else:
                self._take_target(target)
                return await self.async_step_finish()
        await self._async_find_targets()
        note = ""
        if not await self._async_templates():
            note = await async_text(self.hass, "no_templates")
        return self.async_show_form(
            step_id="attribute",
            data_schema=attribute_page(
                {key: each.text() for key, each in self._targets.items()},
                await async_text(self.hass, "new_attribute"),
                chosen or self._present_target(),
            ),
            errors=errors,
            description_placeholders={
                **names,
                **both_ways(entity=self._subject.name),
                "note": note,
                "url": ATTRIBUTES_URL,
            },
        )

    def _needs_unit(self) -> bool:
        return Link.from_data("", "", self._draft(ValueType.DECIMAL)).needs_unit

    async def _async_find_targets(self) -> None:
        runtime = self._runtime
        self._targets = {
            each.key: each
            for each in link_targets(
                runtime.coordinator.data,
                await self._async_templates(),
                runtime.scopes,
                self._subject.value_types(self._aggregate),
                self._subject.unit,
                self._linked(),
            )
        }

    def _present_target(self) -> str | None:
        """Return what is chosen beforehand: what is linked now, or was suggested."""
        linked, wish = self._data.get(CONF_ATTRIBUTE, ""), self._suggestion
        names = {linked, wish.template if wish else None} - {None, ""}
        found = (
            key
            for key, each in self._targets.items()
            if names & {each.name, each.template}
        )
        is_new = linked.startswith(NEW) or (wish is not None and wish.template is None)
        # A new attribute stays for good: nobody shall get one without a choice.
        return next(found, NEW if is_new else None)

    def _begun_in(self, target: LinkTarget) -> str | None:
        """Return the unit in which this link has fed the attribute until now."""
        if self._is_new:
            return None
        data = self._get_reconfigure_subentry().data
        unit: str | None = data.get(CONF_UNIT)
        return unit if data[CONF_ATTRIBUTE] == target.name else None

    def _wanted(self, target: LinkTarget) -> Target:
        return replace(target.target, begun_in=self._begun_in(target))

    def _take_target(self, target: LinkTarget) -> None:
        self._target = target
        self._data |= {
            CONF_ATTRIBUTE: target.name,
            CONF_UNIT: self._begun_in(target) or self._subject.unit,
            CONF_LABEL: target.label,
            CONF_TEMPLATE: target.template,
            CONF_VALUE_TYPE: int(target.value_type),
        }

    async def async_step_new_attribute(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Name an attribute that does not exist yet."""
        errors = {}
        kind = new_value_type(self._subject, self._aggregate)
        if user_input is not None:
            label, group = user_input[CONF_LABEL].strip(), user_input.get(CONF_GROUP)
            taken = {
                attribute.label.casefold()
                for attribute in self._runtime.coordinator.data.attributes.values()
            }
            if not label:
                errors["base"] = "no_label"
            elif label.casefold() in taken:
                errors["base"] = "label_exists"
            elif group is None:
                errors["base"] = "no_group"
            else:
                self._target = None
                self._data |= {
                    # Exist says the name when it is created.
                    CONF_ATTRIBUTE: f"new:{label}",
                    CONF_UNIT: self._subject.unit,
                    CONF_LABEL: label,
                    CONF_GROUP: group,
                    CONF_TEMPLATE: None,
                    CONF_VALUE_TYPE: int(kind),
                }
                return await self.async_step_finish()
        label = self._data.get(CONF_LABEL) or self._subject.name
        # Exist takes nothing but yes or no for a tag.
        tags = () if kind is ValueType.BOOLEAN else (TAGS_GROUP,)
        return self.async_show_form(
            step_id="new_attribute",
            data_schema=self.add_suggested_values_to_schema(
                new_attribute_page([each for each in GROUPS if each not in tags]),
                user_input
                or {CONF_LABEL: label, CONF_GROUP: self._data.get(CONF_GROUP)},
            ),
            errors=errors,
        )

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what the last days would have been; acquire only after that."""
        _ = self._runtime
        errors: dict[str, str] = {}
        failed = ""
        if user_input is not None:
            self._take_wishes(user_input)
            if self._must_tick and not (
                user_input.get(CONF_TAKE_OVER) or self._data[CONF_OBSERVE]
            ):
                errors["base"] = "tick_needed"
            else:
                try:
                    await self._async_own()
                except HomeAssistantError as err:
                    errors["base"], failed = "not_owned", str(err)
                    await self._async_look_again()
                else:
                    return self._finish()
        decimals = None
        if ValueType(self._data[CONF_VALUE_TYPE]) in ROUNDED:
            decimals = self._data.get(CONF_DECIMALS, DEFAULT_DECIMALS)
        return self.async_show_form(
            step_id="finish",
            data_schema=self.add_suggested_values_to_schema(
                finish_page(
                    decimals,
                    must_tick=self._must_tick,
                    observe=self._data.get(CONF_OBSERVE, False),
                ),
                user_input or {},
            ),
            errors=errors,
            description_placeholders={
                **both_ways(
                    entity=self._subject.name,
                    label=self._data[CONF_LABEL],
                    owner=await self._async_owner(),
                    error=failed,
                ),
                "preview": await self._async_preview(),
                "reach": await async_text(self.hass, self._reach()),
                "url": ATTRIBUTES_URL,
            },
        )

    async def _async_owner(self) -> str:
        """Return who owns what is to be written, in words."""
        target = self._target
        if target is not None and target.owned:
            return await async_text(self.hass, "owner_us")
        if target is not None and not target.owner_visible:
            return await async_text(self.hass, "owner_unseen")
        if target is not None and target.owner is not None:
            return target.owner.label
        if target is None:
            return await async_text(self.hass, "owner_new")
        return await async_text(self.hass, "owner_nobody")

    async def _async_look_again(self) -> None:
        """Learn whose it is now: it may need a tick that was not asked for."""
        if (before := self._target) is not None:
            await self._runtime.coordinator.async_refresh()
            await self._async_find_targets()
            # Its key is another one when somebody began to own it.
            same = (
                each
                for each in self._targets.values()
                if before.name in (each.name, each.template)
            )
            self._target = next(same, before)

    @property
    def _must_tick(self) -> bool:
        return self._target is not None and self._target.takes_over

    def _take_wishes(self, user_input: dict[str, Any]) -> None:
        self._data[CONF_OBSERVE] = user_input[CONF_OBSERVE]
        if CONF_DECIMALS in user_input:
            self._data[CONF_DECIMALS] = int(user_input[CONF_DECIMALS])
        for key in (CONF_PAST_DAYS, CONF_REPLACE, CONF_ASKED):
            self._data.pop(key, None)
        if days := int(user_input[CONF_PAST_DAYS]):
            self._data |= {
                CONF_PAST_DAYS: days,
                CONF_REPLACE: user_input[CONF_REPLACE],
                CONF_ASKED: dt_util.utcnow().isoformat(),
            }

    async def _async_own(self) -> None:
        """Acquire or create what is to be written. Raises HomeAssistantError."""
        if self._data[CONF_OBSERVE]:
            return
        entry, target = self._account, self._target
        if target is not None:
            if target.owned:
                return
            result = await async_acquire(
                self.hass, entry, [target.item], take_over=target.takes_over
            )
        else:
            result = await async_create(
                self.hass,
                entry,
                [
                    CreateItem(
                        label=self._data[CONF_LABEL],
                        group=self._data[CONF_GROUP],
                        value_type=ValueType(self._data[CONF_VALUE_TYPE]),
                        manual=False,
                    )
                ],
                # What was released is not in the list, and has this name.
                adopt=True,
            )
        if result.failed:
            raise HomeAssistantError(result.failed[0].error)
        self._data[CONF_ATTRIBUTE] = result.success[0].name

    def _finish(self) -> SubentryFlowResult:
        title = f"{self._subject.name} → {self._data[CONF_LABEL]}"
        name = self._data[CONF_ATTRIBUTE]
        if self._is_new:
            return self.async_create_entry(title=title, data=self._data, unique_id=name)
        return self.async_update_and_abort(
            self._account,
            self._get_reconfigure_subentry(),
            title=title,
            data=self._data,
            unique_id=name,
            # Without a reason of its own, Home Assistant's text stands there.
            reason="reconfigure_successful",
        )

    def _draft(self, kind: ValueType) -> dict[str, Any]:
        return {
            CONF_ATTRIBUTE: "",
            CONF_VALUE_TYPE: int(kind),
            **self._data,
        }

    async def _async_preview(self) -> str:
        """Return Markdown of what the last seven days would have been."""
        runtime = self._runtime
        link = Link.from_data("", "", self._data)
        engine = runtime.links
        today = day_at(
            link.part,
            engine.memory.zones(),
            runtime.coordinator.today,
            dt_util.utcnow().timestamp(),
        )
        try:
            days = await engine.async_preview(
                link, today - timedelta(days=PREVIEW_DAYS), today, wait=FORM_SECONDS
            )
        except HomeAssistantError as err:
            return as_typed(str(err))
        if days is None:
            return await async_text(self.hass, "untold_now")
        target = Target.of(link, link.template)
        lines = []
        for day in sorted(days, reverse=True):
            result = days[day]
            if isinstance(result, NotTold):
                text = await async_text(self.hass, f"untold_{result.why}")
            elif isinstance(result.value, str):
                # It may be a note.
                text = await async_text_of_length(self.hass, result.value)
            else:
                text = readable_value(target, result.value)
            if engine.memory.day(Key(link.attribute, day)).edited:
                text = await async_text(self.hass, "day_is_yours", value=text)
            lines.append(f"- {day.isoformat()}: {as_typed(text)}")
        return "\n".join(lines)

    def _reach(self) -> str:
        """Return the key of the text that says how far back values can be told."""
        link = Link.from_data("", "", self._data)
        if not link.has_hours:
            return "reach_states"
        if self._subject.state_class is None:
            return "reach_no_statistics"
        return "reach_statistics"
