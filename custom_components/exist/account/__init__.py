"""One signed-in person: sign-in, polls, and what is known of the account."""
