"""Sends the past days that forms asked for, while there is room for them."""

from collections.abc import Sequence
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..account.poll import ExistCoordinator
from ..api import ExistError
from ..ledger import Key, Outbox
from .back_fill import PIECE_DAYS, REQUESTS_AT_MOST, Piece, next_piece, pieces_at_once
from .link import Link
from .planning import LinkPlanner, due_of_days
from .sending import Due
from .window import day_at

_LOGGER = logging.getLogger(__name__)


class LinkFiller(LinkPlanner):
    """Fulfils wishes for past days, of many links together."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: ExistCoordinator,
        outbox: Outbox,
    ) -> None:
        """Prepare; no wish is known yet."""
        super().__init__(hass, entry, coordinator, outbox)
        self._more_to_fill = False

    @property
    def _knows_the_day(self) -> bool:
        """Whether Exist's clock has agreed with this machine's since the start."""
        return self._coordinator.knows_day and not self._coordinator.clock_wrong

    async def async_back_fill(self, now: float) -> None:
        """Send the past days that forms asked for, a piece at a time."""
        self._more_to_fill = False
        wanted = self._wanted_pieces(now)
        if not wanted:
            return
        together = pieces_at_once([piece for _, piece in wanted])
        self._more_to_fill = len(together) < len(wanted) or not all(
            piece.is_last for piece in together
        )
        if (
            len(self._outbox.entries) >= PIECE_DAYS
            or self._coordinator.client.budget.used > REQUESTS_AT_MOST
        ):
            self._more_to_fill = True
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
            self.waits = True

    def _wanted_pieces(self, now: float) -> list[tuple[Link, Piece]]:
        """Return the next days of each link that has a wish."""
        zones, today = self.memory.zones(), self._coordinator.today
        wanted = []
        for link in self.links.values():
            known, wish = self.memory.contents.links[link.link_id], link.back_fill
            if (
                wish is None
                or known.asked == wish.asked.isoformat()
                or not self.may_write(link)
                or not self._knows_the_day
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
            if (plan := self.plan(link, piece.first, piece.last)) is not None
        }
        days = await self.async_days(list(plans.values()))
        if days is None:
            return
        due: dict[Key, Due] = {}
        for link, _ in wanted:
            due |= due_of_days(link, days.get(link.link_id, {}))
        await self.async_send(due, self._coordinator.today, overwrite=overwrite)
        for link, piece in wanted:
            if link.link_id not in plans or link.back_fill is None:
                continue
            known = self.memory.contents.links[link.link_id]
            known.filling = link.back_fill.asked.isoformat()
            known.filled = piece.first
            if piece.is_last:
                known.asked = known.filling
