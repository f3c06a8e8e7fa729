"""What the person does, one part of the walk in each."""
