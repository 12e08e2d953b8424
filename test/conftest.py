"""What every test relies on: a DDS graph of its own, and property tests without a stopwatch."""

import os
from pathlib import Path

from hypothesis import settings

from domains import own_domain_id

REPOSITORY = Path(__file__).resolve().parent.parent

# Set before anything imports rclpy.
os.environ.setdefault('ROS_DOMAIN_ID', str(own_domain_id()))
os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
# Nor must it matter which detector a user has downloaded.
os.environ['XDG_DATA_HOME'] = str(REPOSITORY / 'out' / 'no-user-data')
for name in ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE'):  # Humble's last
    os.environ.setdefault(name, str(REPOSITORY / 'config' / 'fastdds_large_images.xml'))

# A shared machine makes any deadline a coin toss; the tests check results, not times.
settings.register_profile('colorize_ros', deadline=None, print_blob=True)
settings.load_profile('colorize_ros')
