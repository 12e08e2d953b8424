"""Furnished rooms, and ways through them."""
