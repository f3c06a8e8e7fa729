"""The repository around the integration, and rules of the code."""
