"""rclpy lifecycle nodes: they subscribe, pair, run, publish and diagnose, and compute nothing."""
