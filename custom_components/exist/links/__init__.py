"""Links: any entity feeds an Exist attribute every day."""

from .aggregate import Aggregate, NotTold, Why
from .engine import LinkEngine
from .entity_of import Problem
from .link import SUBENTRY_LINK, Link
from .view import LinkState, LinkView

__all__ = [
    "SUBENTRY_LINK",
    "Aggregate",
    "Link",
    "LinkEngine",
    "LinkState",
    "LinkView",
    "NotTold",
    "Problem",
    "Why",
]
