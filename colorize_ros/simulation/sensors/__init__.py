"""Where the sensors sit, when they look, and what they make of light."""
