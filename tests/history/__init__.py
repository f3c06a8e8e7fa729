"""The past of Exist in Home Assistant's long-term statistics."""
