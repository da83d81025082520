"""A dataclass field that carries its own description and range.

Hyperparameters, ROS parameters, launch arguments and the tables in the docs are all made of these.
"""

from __future__ import annotations

import dataclasses
from typing import Any


def knob(
    default: Any,
    description: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    dynamic: bool = False,
) -> Any:
    """A field of a frozen dataclass.

    Args:
        default: Its value unless another is given.
        description: Meaning, unit and effect, a sentence.
        low: Smallest value allowed; None for no limit.
        high: Largest value allowed; None for no limit.
        choices: The values allowed, for a string.
        dynamic: Whether a ROS parameter of it may change while its node runs.
    """
    metadata = {
        "description": description,
        "low": low,
        "high": high,
        "choices": choices,
        "dynamic": dynamic,
    }
    return dataclasses.field(default=default, metadata=metadata)
