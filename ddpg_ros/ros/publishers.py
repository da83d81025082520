"""Who publishes on a topic, as the graph has it."""

from __future__ import annotations

from rclpy.node import Node


def publishing_nodes(node: Node, topic: str) -> list[str]:
    """The full name of each publisher's node; a node with two publishers is there twice.

    Args:
        node: Who looks.
        topic: Its name; one that is not full is remapped as the node's own.
    """
    ends = node.get_publishers_info_by_topic(topic)
    return sorted(f"{end.node_namespace.rstrip('/')}/{end.node_name}" for end in ends)
