"""The demo: a local Exist server and a real Home Assistant with this integration."""
