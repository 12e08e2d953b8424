"""Helpers for sensor_msgs, as ROS 2's sensor_msgs_py has them; only what colorize_ros calls."""
