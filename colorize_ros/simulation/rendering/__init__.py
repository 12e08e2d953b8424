"""What a camera in a room sees, without noise."""
