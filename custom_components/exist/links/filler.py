"""Sends the past days that forms asked for, while there is room for them."""

from collections.abc import Callable, Sequence
from datetime import datetime
import logging

from homeassistant.core import CALLBACK_TYPE, HassJob, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..account.poll import ExistCoordinator
from ..api import BATCH_SIZE, ExistError, ExistRateLimitError
from ..ledger import ARRIVING, Declarations, Due, Key, Ledger
from .link import Link
from .memory import Memory
from .planner import LinkPlanner, due_of_days
from .window import DAY, day_at
from .work import (
    FEW_AT_MOST,
    PIECE_DAYS,
    REQUESTS_AT_MOST,
    Piece,
    next_piece,
    pieces_at_once,
)

_LOGGER = logging.getLogger(__name__)

# The recorder may be busy, or the outbox full.
AGAIN_SECONDS = 600.0


class LinkFiller:
    """Fulfils wishes for past days, of many links together."""

    def __init__(
        self,
        coordinator: ExistCoordinator,
        ledger: Ledger,
        declarations: Declarations,
        planner: LinkPlanner,
        memory: Memory,
    ) -> None:
        """Prepare; no wish is known yet."""
        self._coordinator = coordinator
        self._ledger = ledger
        self._declarations = declarations
        self._planner = planner
        self._memory = memory
        self._more_to_fill = False
        self._go_on: HassJob[[datetime], None] | None = None
        self._timer: CALLBACK_TYPE | None = None

    @property
    def _has_room(self) -> bool:
        return self._coordinator.client.budget.used <= REQUESTS_AT_MOST

    def _room_in(self, piece: Piece) -> float:
        """Return in how many seconds there is room for it; 0 if there is now."""
        days = (piece.last - piece.first).days + 1
        most = FEW_AT_MOST if days <= BATCH_SIZE else REQUESTS_AT_MOST
        return self._coordinator.client.budget.frees_in(most)

    @callback
    def async_follow(self, go_on: Callable[[object], None]) -> CALLBACK_TYPE:
        """Call `go_on` when there may be room, until what is returned is called."""
        self._go_on = HassJob(go_on, "exist past days", cancel_on_shutdown=True)

        @callback
        def stop() -> None:
            self._go_on = None
            self._stop_timer()

        return stop

    @callback
    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def _again_in(self, seconds: float) -> None:
        """Go on after that, if not earlier for another reason."""
        self._stop_timer()
        if self._go_on is not None:
            hass = self._coordinator.hass
            self._timer = async_call_later(hass, seconds + 1, self._go_on)

    def may_go_on(self, key: Key) -> bool:
        """Return whether there is room for more, now that this day is done."""
        return (
            self._more_to_fill
            and key.day < self._coordinator.today - DAY
            and len(self._ledger.entries) < BATCH_SIZE
            and self._has_room
        )

    async def async_fill(self, now: float) -> None:
        """Send the past days that forms asked for, a piece at a time."""
        self._stop_timer()
        self._more_to_fill = False
        all_wanted = self._wanted_pieces(now)
        if not all_wanted:
            return
        # A year that must wait keeps no week back.
        wanted = [each for each in all_wanted if not self._room_in(each[1])]
        together = pieces_at_once([piece for _, piece in wanted])
        self._more_to_fill = len(together) < len(all_wanted) or not all(
            piece.is_last for piece in together
        )
        if not wanted:
            self._again_in(min(self._room_in(piece) for _, piece in all_wanted))
            return
        if len(self._ledger.entries) >= PIECE_DAYS:
            self._more_to_fill = True
            self._again_in(AGAIN_SECONDS)
            return
        try:
            for replace_them in (False, True):
                await self._async_fill(
                    [
                        (link, piece)
                        for link, piece in wanted[: len(together)]
                        if link.back_fill and link.back_fill.replace is replace_them
                    ],
                    overwrite=replace_them,
                )
        except (ExistError, HomeAssistantError) as err:
            # The wishes stay.
            _LOGGER.debug("Past days wait: %s", type(err).__name__)
            self._declarations.waits = True
            if isinstance(err, ExistRateLimitError):
                self._again_in(err.retry_after)
            if isinstance(err, ExistError):
                return
        rest = self._wanted_pieces(now)
        if rest:
            waits = min(self._room_in(piece) for _, piece in rest)
            self._again_in(max(waits, AGAIN_SECONDS))

    def _is_present(self, link: Link) -> bool:
        """Return whether the link was neither edited nor deleted meanwhile."""
        return self._planner.links.get(link.link_id) == link

    @callback
    def _wanted_pieces(self, now: float) -> list[tuple[Link, Piece]]:
        """Return the next days of each link that has a wish."""
        if not self._coordinator.trusts_day:
            return []
        zones, today = self._memory.zones(), self._coordinator.today
        wanted = []
        for link in self._planner.links.values():
            known, wish = self._memory.contents.links[link.link_id], link.back_fill
            if (
                wish is None
                or known.asked == wish.asked.isoformat()
                or not self._planner.may_write(link)
            ):
                continue
            asked = min(now, wish.asked.timestamp())
            day = day_at(link.part, zones, today, asked)
            is_begun = known.filling == wish.asked.isoformat()
            filled = known.filled if is_begun else None
            wanted.append((link, next_piece(wish, day, filled)))
        return wanted

    async def _async_fill(
        self, wanted: Sequence[tuple[Link, Piece]], *, overwrite: bool
    ) -> None:
        """Send pieces of several links. Raises ExistError, HomeAssistantError."""
        if not wanted:
            return
        plans = {
            link.link_id: plan
            for link, piece in wanted
            if (plan := self._planner.plan(link, piece.first, piece.last)) is not None
        }
        days = await self._planner.async_days(list(plans.values()))
        if days is None:
            return
        due: dict[Key, Due] = {}
        wanted = [(link, piece) for link, piece in wanted if self._is_present(link)]
        for link, _ in wanted:
            due |= due_of_days(link, days.get(link.link_id, {}))
        by_attribute = {link.attribute: link for link, _ in wanted}
        today = self._coordinator.today
        told = await self._declarations.async_send(
            due,
            today,
            lambda key: self._is_present(by_attribute[key.name]),
            overwrite=overwrite,
        )
        for link, piece in wanted:
            is_done = link.link_id in plans and self._is_present(link)
            if not is_done or link.back_fill is None:
                continue
            known = self._memory.contents.links[link.link_id]
            wish = link.back_fill.asked.isoformat()
            sent = known.sent if known.filling == wish else 0
            if sent is not None:
                sent += sum(
                    key.name == link.attribute
                    and piece.first <= key.day < today
                    and told[key] in ARRIVING
                    for key in told
                )
            known.sent = sent
            known.filling = wish
            known.filled = piece.first
            if piece.is_last:
                known.asked = known.filling
        # Without it a crash would send these days again.
        await self._memory.async_save()
