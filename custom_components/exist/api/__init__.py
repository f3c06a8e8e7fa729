"""Exist API v2 for Python: nothing here knows of Home Assistant."""

from .batch import (
    BATCH_SIZE,
    AcquireItem,
    BatchFailure,
    BatchItem,
    BatchResult,
    BatchSuccess,
    CreateItem,
    IncrementItem,
    UpdateItem,
)
from .budget import Priority, RequestBudget
from .client import ExistClient
from .errors import (
    ExistAuthError,
    ExistConnectionError,
    ExistError,
    ExistProtocolError,
    ExistRateLimitError,
    ExistRequestError,
)
from .model import (
    Attribute,
    Average,
    Correlation,
    DayValues,
    Group,
    Insight,
    Page,
    Profile,
    Service,
    Template,
    newest_first,
)
from .transport import AccessToken
from .value_type import WIRE, InvalidValueError, Value, ValueType, Wire, fits

__all__ = [
    "BATCH_SIZE",
    "WIRE",
    "AccessToken",
    "AcquireItem",
    "Attribute",
    "Average",
    "BatchFailure",
    "BatchItem",
    "BatchResult",
    "BatchSuccess",
    "Correlation",
    "CreateItem",
    "DayValues",
    "ExistAuthError",
    "ExistClient",
    "ExistConnectionError",
    "ExistError",
    "ExistProtocolError",
    "ExistRateLimitError",
    "ExistRequestError",
    "Group",
    "IncrementItem",
    "Insight",
    "InvalidValueError",
    "Page",
    "Priority",
    "Profile",
    "RequestBudget",
    "Service",
    "Template",
    "UpdateItem",
    "Value",
    "ValueType",
    "Wire",
    "fits",
    "newest_first",
]
