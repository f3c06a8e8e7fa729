"""How the form of a link ends: what the days would be, and what is sent of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import voluptuous as vol

from homeassistant.components.sensor import SensorStateClass
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..const import ATTRIBUTES_URL, CONF_POLICIES
from ..links.aggregate import NUMERIC
from ..links.convert import DIFFERENCES
from ..links.link import (
    CONF_ATTRIBUTE,
    CONF_LABEL,
    CONF_OBSERVE,
    CONF_PAST_DAYS,
    SUBENTRY_LINK,
)
from ..links.recent import async_recent
from ..links.source import recorder_ready
from ..links.subject import Subject
from ..notices.translated import async_text
from ..runtime import ExistConfigEntry, ExistRuntimeData
from ..values.kinds import Policy
from .form_pieces import Given, loaded
from .link_draft import CONF_TAKE_OVER, LinkDraft
from .link_lookup import Offer, async_offer, async_own
from .link_pages import finish_page, past_page
from .link_preview import PastDays, async_count, async_look, note_former_owner


class LinkEnding(ConfigSubentryFlow):
    """Shows the past of what was said of a link, and makes the link."""

    def __init__(self) -> None:
        """Prepare an empty form."""
        self._draft = LinkDraft()
        self._offer = Offer({}, {}, 0, frozenset(), is_whole=False)
        # Where the pages lead to once nothing is wrong.
        self._hub = "ready"
        self._counting: asyncio.Task[PastDays | None] | None = None

    @property
    def _account(self) -> ExistConfigEntry:
        return self._get_entry()

    @property
    def _runtime(self) -> ExistRuntimeData:
        runtime = loaded(self._account).runtime_data
        if not recorder_ready(self.hass):
            raise AbortFlow("no_recorder")
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

    async def _async_look_back(self) -> None:
        """Look once at what the entity was in the last days."""
        subject, zone = self._draft.subject, self._runtime.coordinator.data.zone
        if subject is not None and self._draft.recent is None:
            recent = await async_recent(self.hass, subject, zone)
            if recent.shown is not None:
                subject = replace(subject, kind=recent.shown)
            self._draft = replace(self._draft, recent=recent, subject=subject)

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

    async def async_step_ready(self, user_input: Given = None) -> SubentryFlowResult:
        """Show what the last days would have been, and what can be done with it."""
        self._hub = "ready"
        use = "take" if self._draft.must_tick else "use"
        return self.async_show_menu(
            step_id="ready",
            menu_options=[use, "finish", "change"],
            description_placeholders=await async_look(
                self.hass, self._runtime, self._draft
            ),
        )

    async def async_step_use(self, user_input: Given = None) -> SubentryFlowResult:
        """Take the link as it is."""
        return await self._async_use({})

    async def async_step_take(self, user_input: Given = None) -> SubentryFlowResult:
        """Take the link as it is, and its attribute from who owns it now."""
        return await self._async_use({CONF_TAKE_OVER: True})

    async def _async_use(self, given: Mapping[str, bool]) -> SubentryFlowResult:
        observe = self._draft.data.get(CONF_OBSERVE, False)
        self._draft = self._draft.with_wishes({CONF_OBSERVE: observe, **given})
        return await self._async_end()

    async def async_step_finish(self, user_input: Given = None) -> SubentryFlowResult:
        """Show what the last days would have been; acquire only after that."""
        if user_input is None:
            if self._draft.wrong:
                return await self._async_go_on()
            return await self._async_show_finish()
        self._draft = draft = self._draft.with_wishes(user_input)
        if draft.must_tick and not (draft.take_over or draft.data[CONF_OBSERVE]):
            return await self._async_show_finish("tick_needed")
        if draft.past_days:
            return await self._async_begin_to_count()
        return await self._async_end()

    async def _async_show_finish(
        self, wrong: str | None = None, failed: str = ""
    ) -> SubentryFlowResult:
        names = await async_look(self.hass, self._runtime, self._draft)
        if not self._is_new:
            # For a new link they stand on the page before.
            intro = await async_text(self.hass, "last_days")
            names["reach"] = "\n\n".join((intro, names["preview"], names["reach"]))
        names |= {"error": failed, "url": ATTRIBUTES_URL}
        return self._show("finish", finish_page(self._draft), wrong, names)

    def _show_newest(self, name: str) -> None:
        """Let an attribute show its newest day, and be charted by its mean."""
        known = self._account.options.get(CONF_POLICIES, {})
        policies = {name: Policy.LATEST.value} | known
        options = {**self._account.options, CONF_POLICIES: policies}
        self.hass.config_entries.async_update_entry(self._account, options=options)

    async def _async_begin_to_count(self) -> SubentryFlowResult:
        self._counting = self.hass.async_create_task(
            async_count(
                self.hass, self._account, self._draft, self.async_update_progress
            ),
            "exist past days",
        )
        # What is done at once needs no page that says that it runs.
        is_done = self._counting.done()
        return await (self.async_step_past() if is_done else self.async_step_counting())

    async def async_step_counting(self, user_input: Given = None) -> SubentryFlowResult:
        """Count how many past days can be told while the person sees that it runs."""
        _ = self._runtime
        assert self._counting is not None
        if not self._counting.done():
            return self.async_show_progress(
                step_id="counting",
                progress_action="counting",
                progress_task=self._counting,
                description_placeholders={"count": str(self._draft.past_days)},
            )
        return self.async_show_progress_done(next_step_id="past")

    async def async_step_past(self, user_input: Given = None) -> SubentryFlowResult:
        """Say how many past days will be sent; ask about those that have a value."""
        _ = self._runtime
        if user_input is not None:
            return await self._async_send_past(user_input)
        assert self._counting is not None
        counted = self._counting.result()
        told = "–" if counted is None else str(counted.told)
        count = str(self._draft.past_days)
        says = await self._async_says(counted)
        names = {"told": told, "count": count, "says": "\n\n".join(says)}
        may_replace = counted is None or counted.taken != 0
        return self._show(
            "past", past_page(self._draft, may_replace=may_replace), None, names
        )

    async def _async_send_past(self, given: Mapping[str, Any]) -> SubentryFlowResult:
        """Make the link, unless another number of days is to be counted first."""
        draft, days = self._draft, int(given[CONF_PAST_DAYS])
        if days == draft.past_days:
            self._draft = draft.with_past(given, dt_util.utcnow())
            return await self._async_end()
        wishes = {CONF_OBSERVE: False, CONF_PAST_DAYS: days}
        self._draft = draft.with_wishes({**wishes, CONF_TAKE_OVER: draft.take_over})
        return await (self._async_begin_to_count() if days else self._async_end())

    async def _async_says(self, counted: PastDays | None) -> list[str]:
        """Return what there is to say of the days that were counted."""
        says = []
        if counted is None:
            says.append(await async_text(self.hass, "past_unknown"))
        elif counted.taken is None:
            says.append(await async_text(self.hass, "past_exist_away"))
        elif counted.taken:
            count = str(counted.taken)
            says.append(await async_text(self.hass, "past_taken", count=count))
        if counted is None or counted.told:
            says.append(await async_text(self.hass, "past_then"))
        return says

    async def _async_end(self) -> SubentryFlowResult:
        """Own what is to be written, and keep the link."""
        runtime, draft = self._runtime, self._draft
        try:
            name = await async_own(self.hass, self._account, draft)
        except HomeAssistantError as err:
            if not draft.creates:
                # It may need a tick that was not asked for.
                await runtime.coordinator.async_refresh()
                await self._async_find()
            return await self._async_show_finish("not_owned", str(err))
        note_former_owner(self._runtime, draft, name)
        if draft.creates and _is_measured(draft):
            self._show_newest(name)
        title = f"{self._subject.name} → {draft.label}"
        data = {**draft.stored, CONF_ATTRIBUTE: name}
        if self._is_new:
            return self.async_create_entry(title=title, data=data, unique_id=name)
        link = self._get_reconfigure_subentry()
        if link.title == f"{self._subject.name} → {data[CONF_LABEL]}":
            # It says the same already, in Exist's words.
            title = link.title
        return self.async_update_and_abort(
            self._account,
            link,
            title=title,
            data=data,
            unique_id=name,
            # Without a reason of its own, Home Assistant's text stands there.
            reason="reconfigure_successful",
        )


def _is_measured(draft: LinkDraft) -> bool:
    """Return whether days tell what was measured, which adds up to nothing."""
    assert draft.subject is not None
    is_measured = draft.subject.state_class == SensorStateClass.MEASUREMENT
    return is_measured and draft.aggregate in NUMERIC - DIFFERENCES
