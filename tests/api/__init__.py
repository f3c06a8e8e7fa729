"""The client of Exist's API."""
