"""What Exist finds."""
