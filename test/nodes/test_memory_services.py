"""Whatever goes wrong in a service of depth_colorizer is an answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip('rclpy')

from colorize_ros.errors import DataError
from colorize_ros.nodes.memory_services import MemoryServices

pytestmark = pytest.mark.ros


@pytest.mark.parametrize(('error', 'told'), [
    (DataError('there is no memory'), 'there is no memory'),
    (RuntimeError('out of memory'), "RuntimeError('out of memory')")])
def test_an_error_is_an_answer_and_not_the_end_of_the_node(error: Exception, told: str) -> None:
    offered: dict[str, Any] = {}
    logged: list[str] = []

    def describe() -> str:
        raise error

    node = SimpleNamespace(
        create_service=lambda kind, name, callback: offered.update({name: callback}),
        get_logger=lambda: SimpleNamespace(error=logged.append))
    MemoryServices(node, SimpleNamespace(describe=describe),  # type: ignore[arg-type]
                   lambda: None, lambda: 'home')
    answer = offered['~/list_references'](None, SimpleNamespace())
    assert not answer.success
    assert answer.message == told
    assert logged == [told]
