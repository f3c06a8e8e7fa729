"""The form of a link: which page comes after which."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import SubentryFlowResult

from ..const import ATTRIBUTES_URL
from ..links import LinkView
from ..links.known_states import async_known_states
from ..links.link import CONF_ENTITY, CONF_STATES, HOURS_OF_PART, part_of
from ..notices.plain_text import both_ways
from ..notices.translated import async_text
from .form_pieces import Given
from .ha_words import async_entity_in_words, async_states_in_words, by_name
from .link_draft import CONF_MORE, LinkDraft
from .link_ending import LinkEnding
from .link_lookup import (
    NEW,
    async_equal_readings,
    async_groups,
    async_kind_in_words,
    async_our_entities,
    async_part_in_words,
    async_present_state,
    async_wishes,
)
from .link_pages import (
    CONF_SUGGESTION,
    CONF_TARGET,
    aggregate_page,
    attribute_page,
    entity_page,
    hours_page,
    new_attribute_page,
    part_page,
    readings_page,
    states_page,
)
from .link_watch import async_with_entity

# Says that the form was not asked for, but follows the set-up of an account.
FIRST_LINK: Final = {"is_first": True}


class LinkFlow(LinkEnding):
    """Leads from page to page, until nothing is wrong with the draft."""

    _typed: str | None = None
    _is_offered = False

    async def async_step_user(self, user_input: Given = None) -> SubentryFlowResult:
        """Begin a new link, which is the first one where an account was just set up."""
        self._is_offered = user_input == FIRST_LINK
        return await self.async_step_entity()

    async def async_step_reconfigure(
        self, user_input: Given = None
    ) -> SubentryFlowResult:
        """Begin with what the link is now."""
        _ = self._runtime
        draft = LinkDraft.from_stored(self._get_reconfigure_subentry().data)
        self._draft = async_with_entity(self.hass, draft, draft.data[CONF_ENTITY])
        await self._async_look_back()
        await self._async_find()
        return await self.async_step_change()

    async def _async_ask(
        self,
        page: str,
        schema: vol.Schema,
        given: Given,
        change: Callable[[Mapping[str, Any]], LinkDraft],
        **names: str,
    ) -> SubentryFlowResult:
        """Show a page, and once more while what was given there is wrong."""
        wrong = None
        if given is not None:
            changed = change(given)
            if (wrong := changed.wrong.get(page)) is None:
                self._draft = changed
                return await self._async_go_on()
            schema = self.add_suggested_values_to_schema(schema, given)
        return self._show(page, schema, wrong, both_ways(**names))

    async def async_step_entity(self, user_input: Given = None) -> SubentryFlowResult:
        """Choose an entity, or one of the links that fit this home."""
        _ = self._runtime
        wishes = {}
        if self._is_new:
            wishes = await async_wishes(self.hass, self._account, self._linked())
        suggestions = {key: text for key, (_, text) in wishes.items()}
        ours = async_our_entities(self.hass)
        welcome = ""
        if self._is_offered and CONF_ENTITY not in self._draft.data:
            welcome = f"{await async_text(self.hass, 'welcome')}\n\n"
        given = user_input or {}
        entity_id, more = given.get(CONF_ENTITY), given.get(CONF_MORE, {})
        known = entity_id or self._draft.data.get(CONF_ENTITY)
        schema = entity_page(self._draft, known, suggestions, ours)
        wish, _ = wishes.get(given.get(CONF_SUGGESTION, ""), (None, ""))
        if wish is not None and entity_id not in (None, wish.entity_id):
            schema = self.add_suggested_values_to_schema(schema, given)
            return self._show("entity", schema, "two_chosen", {"welcome": welcome})

        def change(_: Mapping[str, Any]) -> LinkDraft:
            if wish is None:
                return async_with_entity(self.hass, self._draft, entity_id, more)
            draft = async_with_entity(self.hass, self._draft, wish.entity_id, {})
            return async_with_entity(
                self.hass, draft.with_suggestion(wish), wish.entity_id
            )

        return await self._async_ask(
            "entity", schema, user_input, change, welcome=welcome
        )

    async def async_step_change(self, user_input: Given = None) -> SubentryFlowResult:
        """Ask what shall be changed, as often as the person likes."""
        _ = self._runtime
        self._hub = "change"
        draft = self._draft
        options, name = ["entity"], draft.data[CONF_ENTITY]
        if draft.subject is not None:
            name = async_entity_in_words(self.hass, draft.subject)
            states = ["states"] if draft.asks_for_states else []
            readings = ["readings"] if draft.may_be_only_new else []
            options += ["aggregate", *states, *readings]
            options += ["part", "attribute", "ready" if self._is_new else "finish"]
        rule = await async_text(self.hass, f"rule_{draft.aggregate}")
        part = await async_part_in_words(self.hass, part_of(draft.data))
        sent = "" if self._is_new else await self._async_past_sent()
        return self.async_show_menu(
            step_id="change",
            menu_options=options,
            description_placeholders={
                **both_ways(entity=name, rule=rule, label=draft.label),
                "part": part,
                "sent": sent,
            },
        )

    async def _async_past_sent(self) -> str:
        """Return what was sent of past days, where any were asked for."""
        link_id = self._get_reconfigure_subentry().subentry_id
        view = self._runtime.links.views.get(link_id, LinkView())
        if view.past_sent is None:
            return ""
        count = str(view.past_sent)
        said = f"\n\n{await async_text(self.hass, 'past_sent', count=count)}"
        if view.past_waits:
            said += f"\n\n{await async_text(self.hass, 'past_waiting')}"
        return said

    async def async_step_aggregate(
        self, user_input: Given = None
    ) -> SubentryFlowResult:
        """Choose the rule that makes one value of the day."""
        _ = self._runtime
        subject = self._subject
        return await self._async_ask(
            "aggregate",
            aggregate_page(self._draft, subject),
            user_input,
            self._draft.with_aggregate,
            entity=async_entity_in_words(self.hass, subject),
            now=await async_present_state(self.hass, subject),
            kind=await async_kind_in_words(self.hass, self._draft.kind),
        )

    async def async_step_states(self, user_input: Given = None) -> SubentryFlowResult:
        """Choose the states, and what absence means."""
        _ = self._runtime
        subject = self._subject
        recent = self._draft.recent
        known = async_known_states(self.hass, subject, recent.states if recent else ())
        called = async_states_in_words(self.hass, subject, known)

        def change(given: Mapping[str, Any]) -> LinkDraft:
            chosen = by_name(called, given.get(CONF_STATES, []))
            return self._draft.with_states({**given, CONF_STATES: chosen})

        return await self._async_ask(
            "states",
            states_page(self._draft, subject, called),
            user_input,
            change,
            entity=async_entity_in_words(self.hass, subject),
            now=await async_present_state(self.hass, subject),
        )

    async def async_step_readings(self, user_input: Given = None) -> SubentryFlowResult:
        """Choose whether readings count that are only held."""
        _ = self._runtime
        subject = self._subject
        return await self._async_ask(
            "readings",
            readings_page(self._draft),
            user_input,
            self._draft.with_readings,
            entity=async_entity_in_words(self.hass, subject),
            equal=await async_equal_readings(self.hass, subject),
        )

    async def async_step_part(self, user_input: Given = None) -> SubentryFlowResult:
        """Choose the kind of part of the day."""
        zone = str(self._runtime.coordinator.data.zone)
        if user_input is None:
            return self._show(
                "part", part_page(self._draft), None, both_ways(zone=zone)
            )
        self._draft = self._draft.with_part(user_input)
        if HOURS_OF_PART[self._draft.part]:
            return await self.async_step_hours()
        return await self._async_go_on()

    async def async_step_hours(self, user_input: Given = None) -> SubentryFlowResult:
        """Choose the hours of a part of the day."""
        return await self._async_ask(
            "hours",
            hours_page(self._draft),
            user_input,
            self._draft.with_hours,
            zone=str(self._runtime.coordinator.data.zone),
        )

    async def async_step_attribute(
        self, user_input: Given = None
    ) -> SubentryFlowResult:
        """Choose the attribute to feed: what fits first, or a new one."""
        _ = self._runtime
        draft, chosen = self._draft, (user_input or {}).get(CONF_TARGET)
        if chosen is not None and chosen not in self._offer.targets:
            # Whoever typed a name means a new one.
            self._typed = None if chosen == NEW else chosen
            return await self.async_step_new_attribute()
        if chosen is not None:
            draft = draft.with_target(self._offer.targets[chosen])
        wrong = draft.wrong.get("attribute")
        if user_input is not None:
            wrong = wrong if chosen is not None else "no_target"
            if wrong is None:
                self._draft = draft
                return await self._async_go_on()
        elif wrong == "no_target":
            # Nobody was asked yet.
            wrong = None
        await self._async_find()
        names = {"unit": self._subject.unit or "–", "wanted": "–", "label": "–"}
        if draft.target is not None:
            names["wanted"] = draft.as_fed(draft.target).unit or "–"
            names["label"] = draft.label
        note = ""
        if not self._offer.is_whole:
            note = await async_text(self.hass, "no_templates")
        schema = attribute_page(
            self._offer.listed(await async_text(self.hass, "new_attribute")),
            chosen or self._present_target(),
        )
        names |= both_ways(entity=async_entity_in_words(self.hass, self._subject))
        names |= {"note": note, "url": ATTRIBUTES_URL}
        return self._show("attribute", schema, wrong, names)

    def _present_target(self) -> str | None:
        """Return what is chosen beforehand; nobody gets a new one without a choice."""
        if self._draft.creates:
            return NEW
        targets = self._offer.targets
        return next(
            (key for key in targets if targets[key] == self._draft.target), None
        )

    async def async_step_new_attribute(
        self, user_input: Given = None
    ) -> SubentryFlowResult:
        """Name an attribute that does not exist yet."""
        await self._async_find()
        return await self._async_ask(
            "new_attribute",
            new_attribute_page(
                self._draft,
                self._subject,
                self._typed,
                await async_groups(self.hass, self._account),
            ),
            user_input,
            self._draft.with_new,
        )
