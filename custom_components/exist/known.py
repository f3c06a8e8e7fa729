"""What an account last told, on disk: it loads even while Exist is away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .api import Attribute, ExistProtocolError, Profile
from .const import DOMAIN

VERSION = 1


@dataclass(frozen=True, slots=True)
class Known:
    """The answers of the last complete poll, and when they were asked for."""

    profile: Profile
    owned: tuple[Attribute, ...]
    visible: tuple[Attribute, ...]
    polled: datetime
    zones_differ_since: datetime | None
    clock_wrong: bool = False


class KnownAccount:
    """Keeps the last complete poll of an account, in Exist's own shapes."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; nothing is read yet."""
        self._store: Store[dict[str, Any]] = Store(
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}.account",
            private=True,
            atomic_writes=True,
        )

    async def async_load(self) -> Known | None:
        """Return what is known, or None of an account that never worked."""
        stored = await self._store.async_load()
        if stored is None:
            return None
        try:
            return Known(
                Profile.from_json(stored["profile"]),
                tuple(map(Attribute.from_json, stored["owned"])),
                tuple(map(Attribute.from_json, stored["visible"])),
                datetime.fromisoformat(stored["polled"]),
                dt_util.parse_datetime(stored["zones_differ_since"] or ""),
                stored.get("clock_wrong") is True,
            )
        except ExistProtocolError, KeyError, TypeError, ValueError:
            return None

    async def async_save(self, known: Known) -> None:
        """Keep the poll; Home Assistant logs it where the disk refuses."""
        since = known.zones_differ_since
        await self._store.async_save(
            {
                "profile": _profile_json(known.profile),
                "owned": _attributes_json(known.owned),
                "visible": _attributes_json(known.visible),
                "polled": known.polled.isoformat(),
                "zones_differ_since": since and since.isoformat(),
                "clock_wrong": known.clock_wrong,
            }
        )

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


def _profile_json(profile: Profile) -> dict[str, Any]:
    """Return what is needed of the person; names and the like are not."""
    return {"username": profile.username, "timezone": profile.timezone}


def _attributes_json(attributes: Iterable[Attribute]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "label": each.label,
            "group": {
                "name": each.group.name,
                "label": each.group.label,
                "priority": each.group.priority,
            },
            "template": each.template,
            "service": each.service
            and {"name": each.service.name, "label": each.service.label},
            "active": each.active,
            "priority": each.priority,
            "manual": each.manual,
            "value_type": int(each.value_type),
            "available_services": [
                {"name": service.name, "label": service.label}
                for service in each.available_services
            ],
            "values": [
                {"date": value.date.isoformat(), "value": value.value}
                for value in each.values
            ],
        }
        for each in attributes
    ]
