"""What Exist finds in the days: averages, correlations and insights."""
