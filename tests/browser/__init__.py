"""A walk through Home Assistant in a real browser; scripts/test runs it where there is one."""
