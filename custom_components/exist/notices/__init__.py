"""What people are told: repairs, translated texts, and text of others in both."""
