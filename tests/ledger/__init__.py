"""One record of each attribute and day: what is wanted, sent and confirmed."""
