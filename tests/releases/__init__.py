"""What is installed, and what released versions left on disk."""
