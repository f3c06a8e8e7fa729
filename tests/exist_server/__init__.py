"""A stateful Exist server on loopback, for tests and demos."""

from .app import ExistServer
from .clock import Clock
from .faults import Fault, FaultKind, Faults
from .groups import GROUPS, READ_SCOPES, SCOPES, WRITE_SCOPES
from .person import note_of_full_length
from .state import CLIENT_ID, CLIENT_SECRET, SERVICE, Attribute, User
from .switches import Switches
from .templates import TEMPLATES
from .values import ValueType

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "GROUPS",
    "READ_SCOPES",
    "SCOPES",
    "SERVICE",
    "TEMPLATES",
    "WRITE_SCOPES",
    "Attribute",
    "Clock",
    "ExistServer",
    "Fault",
    "FaultKind",
    "Faults",
    "Switches",
    "User",
    "ValueType",
    "note_of_full_length",
]
