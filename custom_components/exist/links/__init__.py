"""Links: any entity feeds an Exist attribute every day."""
