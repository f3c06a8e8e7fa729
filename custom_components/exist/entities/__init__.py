"""What is shown and what is written at a control."""
