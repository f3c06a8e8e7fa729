"""The forms: sign-in, options, links and repairs."""
