"""What an account keeps while it is loaded."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .account.edited_day import EditedDay
from .account.poll import ExistCoordinator
from .account.previous_owners import PreviousOwners
from .api import ExistClient
from .findings.finder import Finder
from .history.keeper import HistoryKeeper
from .ledger import Ledger
from .ledger.increments import IncrementBatcher
from .links import LinkEngine
from .storage import AccountFiles


@dataclass(frozen=True, slots=True)
class ExistRuntimeData:
    """The parts of a loaded account."""

    client: ExistClient
    coordinator: ExistCoordinator
    scopes: frozenset[str]
    owners: PreviousOwners
    ledger: Ledger
    edited: EditedDay
    links: LinkEngine
    history: HistoryKeeper
    findings: Finder
    increments: IncrementBatcher
    files: AccountFiles


type ExistConfigEntry = ConfigEntry[ExistRuntimeData]
