"""Forms and repairs, walked as a person does."""
