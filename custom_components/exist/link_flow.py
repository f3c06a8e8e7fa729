"""The form of a link: create and edit by the same steps."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
from homeassistant.util import dt as dt_util

from .api import CreateItem, Template, ValueType
from .const import ATTRIBUTES_URL, DOMAIN, GROUPS, TAGS_GROUP
from .creating import async_create
from .link_targets import LinkTarget, link_targets
from .links import Aggregate, Link, NotTold
from .links.convert import Target, convertible, feeds
from .links.entity_of import async_is_recorded
from .links.kinds import (
    Subject,
    allowed,
    async_known_states,
    async_subject,
    likely_states,
    new_value_type,
)
from .links.link import (
    CONF_ABSENT_IS_GAP,
    CONF_AGGREGATE,
    CONF_ASKED,
    CONF_ATTRIBUTE,
    CONF_DECIMALS,
    CONF_ENTITY,
    CONF_GROUP,
    CONF_LABEL,
    CONF_OBSERVE,
    CONF_PART,
    CONF_PART_END,
    CONF_PART_START,
    CONF_PAST_DAYS,
    CONF_REGISTRY_ID,
    CONF_REPLACE,
    CONF_STATES,
    CONF_TEMPLATE,
    CONF_TEXT,
    CONF_UNIT,
    CONF_VALUE_TYPE,
    DEFAULT_DECIMALS,
    SUBENTRY_LINK,
)
from .links.shown import readable_value
from .links.source import recorder_ready
from .links.suggest import Suggestion, async_suggestions
from .links.window import PartKind, day_at
from .ownership import async_acquire, exist_errors
from .runtime import ExistConfigEntry, ExistRuntimeData
from .texts import async_text

CONF_ABSENT = "absent"
CONF_SUGGESTION = "suggestion"
CONF_TAKE_OVER = "take_over"
CONF_TARGET = "target"

NEW = "new"
GAP, NOT_IN_STATE = "gap", "not_in_state"
MOST_PAST_DAYS = 3650
MOST_DECIMALS = 4
PREVIEW_DAYS = 7
# Nobody waits longer for a page.
FORM_SECONDS = 15
_PART_FIELDS = {
    PartKind.WHOLE_DAY: (),
    PartKind.DAY_FROM: (CONF_PART_START,),
    PartKind.FROM_TO: (CONF_PART_START, CONF_PART_END),
}
ROUNDED = (ValueType.DECIMAL, ValueType.PERCENTAGE)


class LinkFlow(ConfigSubentryFlow):
    """Asks for entity, aggregate, part of the day and attribute, and shows the past."""

    def __init__(self) -> None:
        """Prepare an empty form."""
        self._data: dict[str, Any] = {}
        self._subject: Subject
        self._target: LinkTarget | None = None
        self._targets: dict[str, LinkTarget] = {}
        self._suggestion: Suggestion | None = None
        self._new_name = ""

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

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Begin a new link."""
        return await self.async_step_entity(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Begin with what the link is now."""
        self._data = dict(self._get_reconfigure_subentry().data)
        return await self.async_step_entity(user_input)

    async def async_step_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose an entity, or one of the links that fit this home."""
        _ = self._runtime
        linked = self._linked()
        suggestions = {
            each.key: each for each in async_suggestions(self.hass, linked.__contains__)
        }
        errors = {}
        if user_input is not None:
            chosen = user_input.get(CONF_SUGGESTION)
            entity_id = user_input.get(CONF_ENTITY)
            self._suggestion = suggestions.get(chosen or "")
            if self._suggestion is not None:
                entity_id = self._suggestion.entity_id
            subject = async_subject(self.hass, entity_id) if entity_id else None
            if not entity_id:
                errors["base"] = "no_entity"
            elif subject is None:
                errors["base"] = "entity_without_state"
            elif self._is_ours(entity_id):
                errors["base"] = "entity_ours"
            elif not allowed(subject):
                errors["base"] = "entity_unfit"
            elif not async_is_recorded(self.hass, entity_id):
                errors["base"] = "not_recorded"
            else:
                self._take_entity(subject)
                if self._suggestion is not None:
                    self._data[CONF_LABEL] = await self._label(self._suggestion)
                return await self.async_step_aggregate()
        fields: dict[Any, Any] = {vol.Optional(CONF_ENTITY): EntitySelector()}
        if self._is_new and suggestions:
            fields = {
                vol.Optional(CONF_SUGGESTION): _choose(
                    [
                        SelectOptionDict(value=key, label=await self._words(each))
                        for key, each in suggestions.items()
                    ]
                ),
                **fields,
            }
        return self.async_show_form(
            step_id="entity",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(fields), user_input or self._data
            ),
            errors=errors,
        )

    def _is_ours(self, entity_id: str) -> bool:
        """Return whether it shows what Exist knows: a link would feed itself."""
        registered = er.async_get(self.hass).async_get(entity_id)
        return registered is not None and registered.platform == DOMAIN

    async def _label(self, suggestion: Suggestion) -> str:
        if not suggestion.at_home:
            return suggestion.label
        return await async_text(self.hass, "label_home", name=suggestion.name)

    async def _words(self, suggestion: Suggestion) -> str:
        """Return a suggestion in words."""
        rule = await async_text(self.hass, f"rule_{suggestion.aggregate}")
        templates = await self._async_templates()
        template = templates.get(suggestion.template or "")
        label = template.label if template else await self._label(suggestion)
        label = label or suggestion.template or ""
        return f"{suggestion.name}: {rule} → {label}"

    async def _async_templates(self) -> Mapping[str, Template]:
        """Return Exist's templates; none while Exist is away."""
        coordinator = self._runtime.coordinator
        try:
            with exist_errors(self.hass, self._account, writing=False):
                return await coordinator.async_templates()
        except HomeAssistantError:
            return {}

    def _take_entity(self, subject: Subject) -> None:
        self._subject = subject
        if self._data.get(CONF_ENTITY) != subject.entity_id:
            # The states of another entity mean nothing here; the rest is kept.
            for key in (CONF_STATES, CONF_ABSENT_IS_GAP):
                self._data.pop(key, None)
        self._data[CONF_ENTITY] = subject.entity_id
        registered = er.async_get(self.hass).async_get(subject.entity_id)
        self._data[CONF_REGISTRY_ID] = registered.id if registered else None
        self._data[CONF_UNIT] = subject.unit
        if (wish := self._suggestion) is not None:
            self._data |= {
                CONF_AGGREGATE: wish.aggregate.value,
                CONF_STATES: list(wish.states),
                CONF_PART: wish.part.kind.value,
                CONF_PART_START: wish.part.start.isoformat("minutes"),
                CONF_PART_END: wish.part.end.isoformat("minutes"),
            }

    async def async_step_aggregate(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the rule that makes one value of the day."""
        subject = self._subject
        if user_input is not None:
            aggregate = Aggregate(user_input[CONF_AGGREGATE])
            self._data[CONF_AGGREGATE] = aggregate.value
            self._data[CONF_TEXT] = subject.is_text(aggregate)
            if subject.asks_for_states(aggregate):
                return await self.async_step_states()
            self._data.pop(CONF_STATES, None)
            return await self.async_step_part()
        offered = [each.value for each in allowed(subject)]
        present = self._data.get(CONF_AGGREGATE)
        return self.async_show_form(
            step_id="aggregate",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_AGGREGATE,
                        default=present if present in offered else offered[0],
                    ): SelectSelector(
                        SelectSelectorConfig(
                            options=offered,
                            mode=SelectSelectorMode.LIST,
                            translation_key=CONF_AGGREGATE,
                        )
                    )
                }
            ),
            description_placeholders={
                "entity": subject.name,
                "now": f"{subject.state} {subject.unit or ''}".strip(),
            },
        )

    async def async_step_states(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the states, and what absence means."""
        subject = self._subject
        errors = {}
        if user_input is not None:
            if states := user_input.get(CONF_STATES):
                self._data[CONF_STATES] = states
                self._data[CONF_ABSENT_IS_GAP] = user_input[CONF_ABSENT] == GAP
                return await self.async_step_part()
            errors["base"] = "no_states"
        known = async_known_states(self.hass, subject)
        present = self._data.get(CONF_STATES) or likely_states(subject)
        gap = self._data.get(CONF_ABSENT_IS_GAP, subject.absent_is_gap)
        return self.async_show_form(
            step_id="states",
            data_schema=vol.Schema(
                {
                    vol.Optional(
                        CONF_STATES,
                        # A default would come back when the person clears the field.
                        description={"suggested_value": present},
                    ): SelectSelector(
                        SelectSelectorConfig(
                            options=list(dict.fromkeys([*known, *present])),
                            multiple=True,
                            custom_value=True,
                            mode=SelectSelectorMode.DROPDOWN,
                        )
                    ),
                    vol.Required(
                        CONF_ABSENT, default=GAP if gap else NOT_IN_STATE
                    ): SelectSelector(
                        SelectSelectorConfig(
                            options=[GAP, NOT_IN_STATE],
                            mode=SelectSelectorMode.LIST,
                            translation_key=CONF_ABSENT,
                        )
                    ),
                }
            ),
            errors=errors,
            description_placeholders={"entity": subject.name, "now": subject.state},
        )

    async def async_step_part(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the part of the day."""
        errors = {}
        if user_input is not None:
            kind = PartKind(user_input[CONF_PART])
            start = _clock(user_input.get(CONF_PART_START))
            end = _clock(user_input.get(CONF_PART_END))
            if kind is not PartKind.WHOLE_DAY and start is None:
                errors["base"] = "no_start"
            elif kind is PartKind.FROM_TO and end is None:
                errors["base"] = "no_end"
            elif kind is PartKind.FROM_TO and start == end:
                errors["base"] = "no_length"
            else:
                self._data[CONF_PART] = kind.value
                # What the kind does not use must not make it another link.
                self._data[CONF_PART_START] = "00:00"
                self._data[CONF_PART_END] = "00:00"
                if kind is not PartKind.WHOLE_DAY and start is not None:
                    self._data[CONF_PART_START] = start
                if kind is PartKind.FROM_TO and end is not None:
                    self._data[CONF_PART_END] = end
                return await self.async_step_attribute()
        used = _PART_FIELDS[PartKind(self._data.get(CONF_PART, PartKind.WHOLE_DAY))]
        present = user_input or {key: self._data[key] for key in used}
        return self.async_show_form(
            step_id="part",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(
                            CONF_PART,
                            default=self._data.get(CONF_PART, PartKind.WHOLE_DAY.value),
                        ): SelectSelector(
                            SelectSelectorConfig(
                                options=[each.value for each in PartKind],
                                mode=SelectSelectorMode.LIST,
                                translation_key=CONF_PART,
                            )
                        ),
                        vol.Optional(CONF_PART_START): TimeSelector(),
                        vol.Optional(CONF_PART_END): TimeSelector(),
                    }
                ),
                present,
            ),
            errors=errors,
            description_placeholders={
                "zone": str(self._runtime.coordinator.data.zone),
            },
        )

    @property
    def _aggregate(self) -> Aggregate:
        return Aggregate(self._data[CONF_AGGREGATE])

    async def async_step_attribute(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the attribute to feed: what fits first, or a new one."""
        errors, names = {}, {"unit": self._subject.unit or "–", "wanted": "–"}
        if user_input is not None:
            chosen = user_input[CONF_TARGET]
            if chosen == NEW:
                return await self.async_step_new_attribute()
            target = self._targets[chosen]
            if (
                not self._data[CONF_TEXT]
                and self._needs_unit()
                and not convertible(self._subject.unit, target.target)
            ):
                errors["base"] = "wrong_unit"
                names["wanted"] = target.target.unit or "–"
            else:
                self._take_target(target)
                return await self.async_step_finish()
        await self._async_find_targets()
        present = self._present_target()
        return self.async_show_form(
            step_id="attribute",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_TARGET, default=present): SelectSelector(
                        SelectSelectorConfig(
                            options=[
                                *(
                                    SelectOptionDict(value=key, label=each.text())
                                    for key, each in self._targets.items()
                                ),
                                SelectOptionDict(
                                    value=NEW,
                                    label=await async_text(self.hass, "new_attribute"),
                                ),
                            ],
                            mode=SelectSelectorMode.DROPDOWN,
                        )
                    )
                }
            ),
            errors=errors,
            description_placeholders={
                **names,
                "entity": self._subject.name,
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
                feeds(self._aggregate, text=self._data[CONF_TEXT]),
                self._subject.unit,
                self._linked(),
            )
        }

    def _present_target(self) -> str:
        """Return what is chosen beforehand: what is linked now, or was suggested."""
        names = [self._data.get(CONF_ATTRIBUTE)]
        if self._suggestion is not None:
            names.append(self._suggestion.template)
        return next(
            (
                key
                for key, each in self._targets.items()
                if each.name in names or (each.template and each.template in names)
            ),
            NEW,
        )

    def _take_target(self, target: LinkTarget) -> None:
        self._target = target
        self._data |= {
            CONF_ATTRIBUTE: target.name,
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
            label = user_input[CONF_LABEL].strip()
            taken = {
                attribute.label.casefold()
                for attribute in self._runtime.coordinator.data.attributes.values()
            }
            if not label:
                errors["base"] = "no_label"
            elif label.casefold() in taken:
                errors["base"] = "label_exists"
            else:
                self._target = None
                self._data |= {
                    # Exist says the name when it is created.
                    CONF_ATTRIBUTE: f"new:{label}",
                    CONF_LABEL: label,
                    CONF_GROUP: user_input[CONF_GROUP],
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
                vol.Schema(
                    {
                        vol.Required(CONF_LABEL): TextSelector(),
                        vol.Required(CONF_GROUP): SelectSelector(
                            SelectSelectorConfig(
                                options=[each for each in GROUPS if each not in tags],
                                mode=SelectSelectorMode.DROPDOWN,
                                translation_key="group",
                            )
                        ),
                    }
                ),
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
        kind = ValueType(self._data[CONF_VALUE_TYPE])
        fields: dict[Any, Any] = {}
        if self._must_tick:
            fields[vol.Optional(CONF_TAKE_OVER, default=False)] = BooleanSelector()
        fields[
            vol.Required(CONF_OBSERVE, default=self._data.get(CONF_OBSERVE, False))
        ] = BooleanSelector()
        if kind in ROUNDED:
            fields[
                vol.Required(
                    CONF_DECIMALS,
                    default=self._data.get(CONF_DECIMALS, DEFAULT_DECIMALS),
                )
            ] = _number(MOST_DECIMALS)
        fields[vol.Required(CONF_PAST_DAYS, default=0)] = _number(MOST_PAST_DAYS)
        fields[vol.Required(CONF_REPLACE, default=False)] = BooleanSelector()
        return self.async_show_form(
            step_id="finish",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(fields), user_input or {}
            ),
            errors=errors,
            description_placeholders={
                "entity": self._subject.name,
                "label": self._data[CONF_LABEL],
                "owner": await self._async_owner(),
                "preview": await self._async_preview(),
                "reach": await async_text(self.hass, self._reach()),
                "error": failed,
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
        return await async_text(self.hass, "owner_nobody")

    async def _async_look_again(self) -> None:
        """Learn whose it is now: it may need a tick that was not asked for."""
        if self._target is not None:
            await self._runtime.coordinator.async_refresh()
            await self._async_find_targets()
            # Its key changes when somebody begins to own it.
            self._target = next(
                (
                    each
                    for each in self._targets.values()
                    if self._target.name in (each.name, each.template)
                ),
                self._target,
            )

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
        """Return what the last seven days would have been, a line for each."""
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
            return str(err)
        if days is None:
            return await async_text(self.hass, "untold_now")
        target = Target.of(link, link.template)
        lines = []
        for day in sorted(days, reverse=True):
            result = days[day]
            if isinstance(result, NotTold):
                text = await async_text(self.hass, f"untold_{result.why}")
            else:
                text = readable_value(target, result.value)
            lines.append(f"- {_day_text(day)}: {text}")
        return "\n".join(lines)

    def _reach(self) -> str:
        """Return the key of the text that says how far back values can be told."""
        link = Link.from_data("", "", self._data)
        if not link.has_hours:
            return "reach_states"
        if self._subject.state_class is None:
            return "reach_no_statistics"
        return "reach_statistics"


def _choose(options: list[SelectOptionDict]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
    )


def _number(most: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=0, max=most, step=1, mode=NumberSelectorMode.BOX)
    )


def _clock(raw: str | None) -> str | None:
    """Return hours and minutes of what the selector gives."""
    return time.fromisoformat(raw).isoformat("minutes") if raw else None


def _day_text(day: date) -> str:
    return day.isoformat()
