"""What rclpy leaves open in the lifecycle services of a node."""
from __future__ import annotations

from typing import Any

from lifecycle_msgs.srv import ChangeState
from rclpy.lifecycle import LifecycleNode


def refuse_invalid_transitions(node: LifecycleNode) -> None:
    """Let a request for a transition that does not exist in the present state be refused.

    Older rclpy lets the exception out of the service's callback, which ends the node.
    """
    service = next(entry for entry in node.services if entry.srv_type is ChangeState)
    change_state = service.callback

    def answer(request: Any, response: Any) -> Any:
        """Do as rclpy does, but answer where it raises."""
        try:
            return change_state(request, response)
        except Exception as error:  # RCLError, which has no public name
            wanted = request.transition.label or request.transition.id
            node.get_logger().error(f'transition {wanted} refused: {error}')
            response.success = False
            return response

    service.callback = answer
