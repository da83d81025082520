"""The Foxglove layout shows what the nodes of a simulated flight publish, over real DDS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from graph import Graph, NodeProcess

from ddpg_ros.ros.message_definitions import message_class

LAYOUT = json.loads((Path(__file__).parents[2] / "config" / "foxglove_layout.json").read_text())
PANELS: dict[str, dict[str, Any]] = LAYOUT["configById"]
TOPIC_KEYS = {"path", "topicToRender", "imageTopic", "value", "topicPath"}
"""Where the panels name a topic, or a path that begins with one."""
FILTER = re.compile(r"\{.*?\}|\[.*?\]")


def paths(node: Any) -> Iterator[str]:
    """Every message path in a panel."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in TOPIC_KEYS and isinstance(value, str):
                yield value
            else:
                yield from paths(value)
    elif isinstance(node, list):
        for each in node:
            yield from paths(each)


def placed(node: Any) -> Iterator[str]:
    """The panels of a part of the layout, in order."""
    if isinstance(node, str):
        yield node
    else:
        yield from placed(node["first"])
        yield from placed(node["second"])


def topic_of(path: str) -> str:
    return path.partition(".")[0]


def test_every_panel_has_its_place_and_shows_something() -> None:
    assert sorted(placed(LAYOUT["layout"])) == sorted(PANELS)
    for name, panel in PANELS.items():
        found = list(paths(panel))
        assert found, name
        assert all(path.startswith("/") for path in found), name


def test_every_path_leads_to_something_that_a_node_publishes(
    graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    start("world", camera_rate=5.0)
    start("controller", policy=policy, use_sim_time=True)
    shown = [path for panel in PANELS.values() for path in paths(panel)]
    topics = {topic_of(path) for path in shown}
    assert {"/diagnostics", "/camera/image_raw", "/ddpg_controller/observation"} < topics
    graph.wait_for(
        lambda: all(graph.node.count_publishers(topic) for topic in topics),
        f"publishers of {', '.join(sorted(topics))}",
    )
    kinds = dict(graph.node.get_topic_names_and_types())
    for path in shown:
        (kind,) = kinds[topic_of(path)]
        _, *fields = FILTER.sub("", path).split(".")
        for field in fields:
            known = message_class(kind).get_fields_and_field_types()
            assert field in known, path
            inner = re.fullmatch(r"(?:sequence<)?(\w+)/(\w+)>?", known[field])
            kind = f"{inner[1]}/msg/{inner[2]}" if inner else ""
