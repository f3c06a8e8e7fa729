"""The zip of a release: what is in it, and what must be right before there is one."""
