"""Procedural rooms, rendered as the robot's own sensors see them, written as bags."""
