"""Who publishes what, as the graph has it."""

from __future__ import annotations

from collections.abc import Iterable

from rclpy.node import Node

from ddpg_ros.contract.live_graph import LiveGraph


def see_graph(node: Node, topics: Iterable[str]) -> LiveGraph:
    """What is published, as ``node``, which subscribes to ``topics``, sees it now."""
    names = {topic: node.resolve_topic_name(topic) for topic in topics}
    kinds = {
        name: set(kinds)
        for name, kinds in node.get_topic_names_and_types()
        if node.count_publishers(name)
    }
    for topic, name in names.items():  # which this node's subscriptions gave types to
        kinds[name] = {end.topic_type for end in node.get_publishers_info_by_topic(topic)}
    published = {
        name: sorted(kind.replace("/msg/", "/") for kind in of) for name, of in kinds.items() if of
    }
    return LiveGraph(names, published, {topic: publishing_nodes(node, topic) for topic in names})


def publishing_nodes(node: Node, topic: str) -> list[str]:
    """The full name of each publisher's node; a node with two publishers is there twice.

    Args:
        node: Who looks.
        topic: Its name; one that is not full is remapped as the node's own.
    """
    ends = node.get_publishers_info_by_topic(topic)
    return sorted(f"{end.node_namespace.rstrip('/')}/{end.node_name}" for end in ends)
