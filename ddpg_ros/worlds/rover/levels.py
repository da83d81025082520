"""How much stands and moves in a room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """What a room is furnished with; where each thing stands comes from the episode's seed.

    Args:
        half: Half the side of the square room [m].
        spurs: Walls that stand out from the room's own, 0.9 to 1.1 m long.
        screens: Walls that stand free, 0.8 to 1.0 m long.
        boxes: Boxes, 0.3 to 0.45 m a side.
        pillars: Cylinders that stand, 0.10 to 0.16 m in radius.
        movers: Cylinders that go to and fro, 0.16 m in radius, at 0.05 to 0.12 m/s.
    """

    half: float = 2.1
    spurs: int = 0
    screens: int = 0
    boxes: int = 0
    pillars: int = 0
    movers: int = 0


LEVELS = {
    "rover-1": Level(),
    "rover-2": Level(boxes=3, pillars=2),
    "rover-3": Level(half=2.85, spurs=3, screens=3, boxes=2, pillars=1),
    "rover": Level(half=2.85, spurs=3, screens=3, boxes=2, pillars=1, movers=6),
}
"""Levels by the name of their world, the easiest first."""
