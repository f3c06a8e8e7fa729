"""The form of a link: which page comes after which."""

from collections.abc import Callable, Mapping
from dataclasses import replace
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
from homeassistant.util import dt as dt_util

from ..const import ATTRIBUTES_URL
from ..links.known_states import async_known_states
from ..links.link import CONF_ATTRIBUTE, CONF_ENTITY, CONF_OBSERVE, SUBENTRY_LINK
from ..links.recent import async_recent
from ..links.source import recorder_ready
from ..links.subject import Subject
from ..notices.plain_text import both_ways
from ..notices.translated import async_text
from ..runtime import ExistConfigEntry, ExistRuntimeData
from .form_pieces import Given
from .link_draft import LinkDraft
from .link_lookup import (
    Offer,
    async_equal_readings,
    async_kind_in_words,
    async_look,
    async_offer,
    async_our_entities,
    async_own,
    async_present_state,
    async_wishes,
    async_with_entity,
)
from .link_pages import (
    CONF_SUGGESTION,
    CONF_TARGET,
    NEW,
    aggregate_page,
    attribute_page,
    entity_page,
    finish_page,
    new_attribute_page,
    part_page,
    readings_page,
    states_page,
)


class LinkFlow(ConfigSubentryFlow):
    """Leads from page to page, until nothing is wrong with the draft."""

    def __init__(self) -> None:
        """Prepare an empty form."""
        self._draft = LinkDraft()
        self._offer = Offer({}, frozenset(), is_whole=False)
        # Where the pages lead to once nothing is wrong.
        self._hub = "finish"

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
    def _subject(self) -> Subject:
        assert self._draft.subject is not None
        return self._draft.subject

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

    async def async_step_user(self, user_input: Given = None) -> SubentryFlowResult:
        """Begin a new link."""
        return await self.async_step_entity(user_input)

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

    async def _async_look_back(self) -> None:
        """Look once at what the entity was in the last days."""
        subject, zone = self._draft.subject, self._runtime.coordinator.data.zone
        if subject is not None and self._draft.recent is None:
            recent = await async_recent(self.hass, subject, zone)
            self._draft = replace(self._draft, recent=recent)

    async def _async_find(self) -> None:
        """Find what the link may feed, and what it is meant to feed among it."""
        _ = self._runtime
        if self._draft.subject is not None and self._draft.aggregate is not None:
            self._offer = await async_offer(
                self.hass, self._account, self._draft, self._linked()
            )
            self._draft = self._draft.found(
                self._offer.targets.values(), self._offer.taken
            )

    async def _async_go_on(self) -> SubentryFlowResult:
        """Show the first page that needs an answer, or where they lead to."""
        await self._async_look_back()
        if CONF_ATTRIBUTE in self._draft.data:
            await self._async_find()
        page = next(iter(self._draft.wrong), self._hub)
        result: SubentryFlowResult = await getattr(self, f"async_step_{page}")()
        return result

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

    def _show(
        self,
        page: str,
        schema: vol.Schema,
        wrong: str | None,
        names: Mapping[str, str],
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=page,
            data_schema=schema,
            errors={"base": wrong} if wrong else {},
            description_placeholders=names,
        )

    async def async_step_entity(self, user_input: Given = None) -> SubentryFlowResult:
        """Choose an entity, or one of the links that fit this home."""
        _ = self._runtime
        wishes = {}
        if self._is_new:
            wishes = await async_wishes(self.hass, self._account, self._linked())
        suggestions = {key: text for key, (_, text) in wishes.items()}
        ours = async_our_entities(self.hass)
        schema = entity_page(self._draft, suggestions, ours)
        given = user_input or {}
        entity_id = given.get(CONF_ENTITY)
        wish, _ = wishes.get(given.get(CONF_SUGGESTION, ""), (None, ""))
        if wish is not None and entity_id not in (None, wish.entity_id):
            schema = self.add_suggested_values_to_schema(schema, given)
            return self._show("entity", schema, "two_chosen", {})

        def change(_: Mapping[str, Any]) -> LinkDraft:
            if wish is None:
                return async_with_entity(self.hass, self._draft, entity_id)
            self._hub = "suggested"
            draft = async_with_entity(self.hass, self._draft, wish.entity_id)
            return draft.with_suggestion(wish)

        return await self._async_ask("entity", schema, user_input, change)

    async def async_step_suggested(
        self, user_input: Given = None
    ) -> SubentryFlowResult:
        """Show what a suggestion would have made of the last days."""
        return self.async_show_menu(
            step_id="suggested",
            menu_options=["finish", "change"],
            description_placeholders=await async_look(
                self.hass, self._runtime, self._draft
            ),
        )

    async def async_step_change(self, user_input: Given = None) -> SubentryFlowResult:
        """Ask what shall be changed, as often as the person likes."""
        _ = self._runtime
        self._hub = "change"
        draft = self._draft
        options, name = ["entity"], draft.data[CONF_ENTITY]
        if draft.subject is not None:
            name = draft.subject.name
            states = ["states"] if draft.asks_for_states else []
            readings = ["readings"] if draft.may_be_only_new else []
            options += ["aggregate", *states, *readings]
            options += ["part", "attribute", "finish"]
        rule = await async_text(self.hass, f"rule_{draft.aggregate}")
        return self.async_show_menu(
            step_id="change",
            menu_options=options,
            description_placeholders=both_ways(
                entity=name, rule=rule, label=draft.label
            ),
        )

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
            entity=subject.name,
            now=await async_present_state(self.hass, subject),
            kind=await async_kind_in_words(self.hass, self._draft.kind),
        )

    async def async_step_states(self, user_input: Given = None) -> SubentryFlowResult:
        """Choose the states, and what absence means."""
        _ = self._runtime
        subject = self._subject
        recent = self._draft.recent
        known = async_known_states(self.hass, subject, recent.states if recent else ())
        return await self._async_ask(
            "states",
            states_page(self._draft, subject, known),
            user_input,
            self._draft.with_states,
            entity=subject.name,
            now=subject.state,
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
            entity=subject.name,
            equal=await async_equal_readings(self.hass, subject),
        )

    async def async_step_part(self, user_input: Given = None) -> SubentryFlowResult:
        """Choose the part of the day."""
        return await self._async_ask(
            "part",
            part_page(self._draft),
            user_input,
            self._draft.with_part,
            zone=str(self._runtime.coordinator.data.zone),
        )

    async def async_step_attribute(
        self, user_input: Given = None
    ) -> SubentryFlowResult:
        """Choose the attribute to feed: what fits first, or a new one."""
        _ = self._runtime
        draft, chosen = self._draft, (user_input or {}).get(CONF_TARGET)
        if chosen == NEW:
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
            {key: each.text() for key, each in self._offer.targets.items()},
            await async_text(self.hass, "new_attribute"),
            chosen or self._present_target(),
        )
        names |= both_ways(entity=self._subject.name)
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
            new_attribute_page(self._draft, self._subject),
            user_input,
            self._draft.with_new,
        )

    async def async_step_finish(self, user_input: Given = None) -> SubentryFlowResult:
        """Show what the last days would have been; acquire only after that."""
        runtime = self._runtime
        wrong, failed = None, ""
        if user_input is not None:
            draft = self._draft.with_wishes(user_input, dt_util.utcnow())
            self._draft = draft
            if draft.must_tick and not (draft.take_over or draft.data[CONF_OBSERVE]):
                wrong = "tick_needed"
            else:
                try:
                    name = await async_own(self.hass, self._account, draft)
                except HomeAssistantError as err:
                    wrong, failed = "not_owned", str(err)
                    if not draft.creates:
                        # It may need a tick that was not asked for.
                        await runtime.coordinator.async_refresh()
                        await self._async_find()
                else:
                    return self._end(draft, name)
        elif self._draft.wrong:
            return await self._async_go_on()
        names = await async_look(self.hass, runtime, self._draft)
        names |= {"error": failed, "url": ATTRIBUTES_URL}
        return self._show("finish", finish_page(self._draft), wrong, names)

    def _end(self, draft: LinkDraft, name: str) -> SubentryFlowResult:
        title = f"{self._subject.name} → {draft.label}"
        data = {**draft.stored, CONF_ATTRIBUTE: name}
        if self._is_new:
            return self.async_create_entry(title=title, data=data, unique_id=name)
        return self.async_update_and_abort(
            self._account,
            self._get_reconfigure_subentry(),
            title=title,
            data=data,
            unique_id=name,
            # Without a reason of its own, Home Assistant's text stands there.
            reason="reconfigure_successful",
        )
