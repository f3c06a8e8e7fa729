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
    DayValue,
    Group,
    Insight,
    Page,
    Profile,
    Service,
    Template,
)
from .transport import AccessToken
from .value_type import (
    InvalidValueError,
    Value,
    ValueType,
    fits,
    value_from_wire,
    value_to_wire,
)

__all__ = [
    "BATCH_SIZE",
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
    "DayValue",
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
    "fits",
    "value_from_wire",
    "value_to_wire",
]
