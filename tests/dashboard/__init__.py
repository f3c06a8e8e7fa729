"""The dashboard of an account."""
