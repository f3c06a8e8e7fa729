"""What an account keeps while it is loaded."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .api import ExistClient
from .coordinator import ExistCoordinator
from .edited import EditedDay
from .increments import IncrementBatcher
from .links import LinkEngine
from .outbox import Outbox
from .owners import PreviousOwners
from .storage import AccountFiles


@dataclass(frozen=True, slots=True)
class ExistRuntimeData:
    """The parts of a loaded account."""

    client: ExistClient
    coordinator: ExistCoordinator
    scopes: frozenset[str]
    owners: PreviousOwners
    outbox: Outbox
    edited: EditedDay
    links: LinkEngine
    increments: IncrementBatcher
    files: AccountFiles


type ExistConfigEntry = ConfigEntry[ExistRuntimeData]
