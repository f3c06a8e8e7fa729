"""What entities show, and what controls write."""
