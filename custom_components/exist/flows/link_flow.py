"""The form of a link: create and edit by the same steps."""

from datetime import time
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..links import Aggregate
from ..links.entity_of import async_is_recorded
from ..links.known_states import async_known_states, likely_states
from ..links.link import (
    CONF_ABSENT_IS_GAP,
    CONF_AGGREGATE,
    CONF_ENTITY,
    CONF_KIND,
    CONF_LABEL,
    CONF_PART,
    CONF_PART_END,
    CONF_PART_START,
    CONF_REGISTRY_ID,
    CONF_STATES,
    CONF_TEXT,
)
from ..links.subject import Subject, SubjectKind, allowed, async_subject, proposed
from ..links.suggest import Suggestion, async_suggestions
from ..links.window import PartKind
from ..notices.plain_text import both_ways
from ..notices.translated import async_text, async_text_of_length
from .link_pages import (
    CONF_ABSENT,
    CONF_SUGGESTION,
    GAP,
    aggregate_page,
    entity_page,
    part_page,
    states_page,
)
from .link_target_flow import LinkTargetFlow

_PART_FIELDS = {
    PartKind.WHOLE_DAY: (),
    PartKind.DAY_FROM: (CONF_PART_START,),
    PartKind.FROM_TO: (CONF_PART_START, CONF_PART_END),
}


class LinkFlow(LinkTargetFlow):
    """Asks for entity, aggregate and part of the day; the attribute follows."""

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
        suggestions = {
            each.key: each
            for each in async_suggestions(
                self.hass,
                self._linked(),
                {
                    (link.entity_id, link.rule.aggregate)
                    for link in self._runtime.links.links.values()
                },
            )
        }
        errors = {}
        if user_input is not None:
            chosen = user_input.get(CONF_SUGGESTION)
            entity_id = user_input.get(CONF_ENTITY)
            self._suggestion = wish = suggestions.get(chosen or "")
            two = wish is not None and entity_id not in (None, wish.entity_id)
            if wish is not None:
                entity_id = wish.entity_id
            subject = async_subject(self.hass, entity_id) if entity_id else None
            if two:
                errors["base"] = "two_chosen"
            elif not entity_id:
                errors["base"] = "no_entity"
            elif subject is None:
                errors["base"] = "entity_without_state"
            elif not allowed(subject):
                errors["base"] = "entity_unfit"
            elif not async_is_recorded(self.hass, entity_id):
                errors["base"] = "not_recorded"
            else:
                self._take_entity(subject)
                if self._suggestion is not None:
                    self._data[CONF_LABEL] = await self._label(self._suggestion)
                return await self.async_step_aggregate()
        fitting = {}
        if self._is_new:
            fitting = {key: await self._words(suggestions[key]) for key in suggestions}
        return self.async_show_form(
            step_id="entity",
            data_schema=self.add_suggested_values_to_schema(
                entity_page(fitting, self._ours()), user_input or self._data
            ),
            errors=errors,
        )

    def _ours(self) -> list[str]:
        """Return the entities that show what Exist knows already."""
        return [
            entity.entity_id
            for entity in er.async_get(self.hass).entities.values()
            if entity.platform == DOMAIN
        ]

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

    def _take_entity(self, subject: Subject) -> None:
        self._subject = subject
        if self._data.get(CONF_ENTITY) != subject.entity_id:
            # The states of another entity mean nothing here; the rest is kept.
            for key in (CONF_STATES, CONF_ABSENT_IS_GAP, CONF_KIND):
                self._data.pop(key, None)
        self._data[CONF_ENTITY] = subject.entity_id
        registered = er.async_get(self.hass).async_get(subject.entity_id)
        self._data[CONF_REGISTRY_ID] = registered.id if registered else None
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
        if present not in offered:
            present = proposed(subject).value
        return self.async_show_form(
            step_id="aggregate",
            data_schema=aggregate_page(offered, present),
            description_placeholders=both_ways(
                entity=subject.name, now=await self._now(subject)
            ),
        )

    async def _now(self, subject: Subject) -> str:
        """Return the present state in words; what may be a note is not shown."""
        if subject.kind is SubjectKind.TEXT:
            return await async_text_of_length(self.hass, subject.state)
        return f"{subject.state} {subject.unit or ''}".strip()

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
            data_schema=states_page(known, present, absent_is_gap=gap),
            errors=errors,
            description_placeholders=both_ways(entity=subject.name, now=subject.state),
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
                part_page(self._data.get(CONF_PART, PartKind.WHOLE_DAY.value)),
                present,
            ),
            errors=errors,
            description_placeholders=both_ways(
                zone=str(self._runtime.coordinator.data.zone)
            ),
        )


def _clock(raw: str | None) -> str | None:
    """Return hours and minutes of what the selector gives."""
    return time.fromisoformat(raw).isoformat("minutes") if raw else None
