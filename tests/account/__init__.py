"""One signed-in person: sign-in, polls, days and what is known of the account."""
