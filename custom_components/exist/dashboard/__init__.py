"""A dashboard of what an account has."""
