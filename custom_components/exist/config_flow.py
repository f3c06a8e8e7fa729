"""The sign-in; Home Assistant looks for them here."""

from .flows.sign_in_flow import ExistConfigFlow

__all__ = ["ExistConfigFlow"]
