"""What may be changed at Exist, for every caller."""
