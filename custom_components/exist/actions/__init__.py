"""What automations call."""
