"""Exist's days in Home Assistant's long-term statistics."""
