"""What stands in rooms, and which of it in which kind of room."""
