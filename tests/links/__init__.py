"""Links: from the recorder's database to a day's value."""
