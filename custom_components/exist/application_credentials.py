"""Application credentials; Home Assistant looks for them here."""

from .account.credentials import (
    async_get_auth_implementation,
    async_get_description_placeholders,
)

__all__ = ["async_get_auth_implementation", "async_get_description_placeholders"]
