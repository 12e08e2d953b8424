"""The Fast DDS profile: it is taken, and with it large best-effort images arrive."""

from __future__ import annotations

import os
from pathlib import Path
import re
import subprocess
import sys

import pytest

from domains import own_domain_id
from shared_data import REPOSITORY

pytest.importorskip('rclpy')

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
PROFILE = REPOSITORY / 'config' / 'fastdds_large_images.xml'
IMAGES = 90
DEADLINE_S = 60.0

LISTENER = f"""
import sys, time
import rclpy
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image
rclpy.init()
node = rclpy.create_node('listener')
seen = []
node.create_subscription(Image, '/large', seen.append, qos_profile_sensor_data)
deadline = time.monotonic() + {DEADLINE_S}
while time.monotonic() < deadline and (not seen or seen[-1].header.frame_id != 'last'):
    rclpy.spin_once(node, timeout_sec=0.1)
print('received', sum(1 for image in seen if image.header.frame_id == ''))
"""

TALKER = f"""
import time
from array import array
import rclpy
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image
rclpy.init()
node = rclpy.create_node('talker')
publisher = node.create_publisher(Image, '/large', qos_profile_sensor_data)
while not publisher.get_subscription_count():
    time.sleep(0.02)
image = Image(height=480, width=640, step=1920, encoding='rgb8')
image.data = array('B', bytes(480 * 1920))
began = time.monotonic()
for number in range({IMAGES}):
    time.sleep(max(0.0, began + number / 30 - time.monotonic()))
    publisher.publish(image)
image.header.frame_id = 'last'
while publisher.get_subscription_count():
    publisher.publish(image)
    time.sleep(0.05)
"""


def start(script: str, profile: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN_ID),
                   'FASTDDS_DEFAULT_PROFILES_FILE': str(profile)}
    return subprocess.Popen([sys.executable, '-c', script], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def received_with(profile: Path) -> tuple[int, str]:
    """How many of the images arrive, and what the processes complain of."""
    with start(LISTENER, profile) as listener, start(TALKER, profile) as talker:
        try:
            heard, complaints = listener.communicate(timeout=DEADLINE_S)
            _, more = talker.communicate(timeout=DEADLINE_S)
        finally:
            listener.kill()
            talker.kill()
    found = re.search(r'received (\d+)', heard)
    assert found, complaints
    return int(found.group(1)), complaints + more


def test_large_images_arrive() -> None:
    received, complaints = received_with(PROFILE)
    assert 'XML' not in complaints
    assert received > 0.95 * IMAGES


def test_a_profile_that_is_not_taken_would_be_noticed(tmp_path: Path) -> None:
    broken = tmp_path / 'broken.xml'
    broken.write_text(PROFILE.read_text().replace('segment_size', 'segment_sise'))
    with start("import rclpy; rclpy.init(); rclpy.create_node('probe')", broken) as process:
        _, complaints = process.communicate(timeout=DEADLINE_S)
    assert 'XML' in complaints
