"""Actions: what they take, do and answer."""
