"""Repairs; Home Assistant looks for them here."""

from .flows.repair_flow import async_create_fix_flow

__all__ = ["async_create_fix_flow"]
