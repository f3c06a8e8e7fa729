"""What exist.io does, compared with what is assumed of it, with a person's own account."""
