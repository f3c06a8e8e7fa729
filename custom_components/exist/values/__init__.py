"""What a value is, and of which day: pure."""
