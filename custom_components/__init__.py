"""Custom integrations; the tests need this to be a package."""
