"""What else a ROS graph offers where nothing was heard."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_MOST = 4
"""Names to list."""
_ALIKE = 0.6


@dataclass(frozen=True)
class LiveGraph:
    """What is published, as a node saw it when it had listened.

    Args:
        names: Full name of each of the contract's topics, as remapped.
        published: Message types (``sensor_msgs/JointState``) by full name of each topic that
            somebody publishes.
        publishers: Full name of each publisher's node, by the contract's topics.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, Sequence[str]] = field(default_factory=dict)
    publishers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def name(self, topic: str) -> str:
        """The full name of ``topic``, as remapped."""
        return self.names.get(topic, topic)

    def why_silent(self, topic: str, message: str) -> str:
        """A sentence on a topic where nothing was heard: what is published instead."""
        name = self.name(topic)
        types = self.published.get(name, ())
        if message in types:
            return f"{name} has a publisher, but no message came from it"
        if types:
            return f"{name} is published as {', '.join(types)}; the policy reads {message}"
        others = sorted(self.published, key=lambda other: -similarity(name, other))
        same = [other for other in others if message in self.published[other]][:_MOST]
        if same:
            return (
                f"nobody publishes {name}; {message} is published on {', '.join(same)}: "
                f"try -r {topic}:={same[0]}"
            )
        alike = [
            f"{other} ({', '.join(self.published[other])})"
            for other in others[:_MOST]
            if similarity(name, other) > _ALIKE
        ]
        instead = f"; there is {', '.join(alike)}" if alike else ""
        return f"nobody publishes {name}, nor {message} anywhere{instead}"


def similarity(a: str, b: str) -> float:
    """How alike two names are, 0 to 1; most alike when one ends with the other."""
    a, b = a.strip("/"), b.strip("/")
    if a.endswith(b) or b.endswith(a):
        return 1.0
    return difflib.SequenceMatcher(None, a, b).ratio()


def most_similar(name: str, others: Sequence[str]) -> str:
    """The one of ``others`` that ``name`` may have been renamed to; empty where none is alike."""
    best = max(others, key=lambda other: similarity(name, other), default="")
    return best if best and similarity(name, best) > _ALIKE else ""
