"""ROS domains that no other test file, and no other run of the tests on this machine, has."""

from __future__ import annotations

import os
import socket

# Domains above 101 would collide with the ports that Linux gives out by itself.
LAST_DOMAIN_ID = 101

_taken: list[socket.socket] = []


def own_domain_id() -> int:
    """Return a ROS_DOMAIN_ID from 1 to 101 that is the caller's until the process ends.

    What holds it is a socket without a file, which the kernel takes away with the process. When
    all are held, the one it began with is shared.
    """
    first = os.getpid() % LAST_DOMAIN_ID
    for step in range(LAST_DOMAIN_ID):
        domain_id = 1 + (first + step) % LAST_DOMAIN_ID
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f'\0colorize_ros test domain {domain_id}')
        except OSError:
            claim.close()
            continue
        _taken.append(claim)
        return domain_id
    return 1 + first
