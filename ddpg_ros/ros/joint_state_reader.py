"""Joint states read from the bytes they came in."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import JointState

from ddpg_ros.contract import Reading
from ddpg_ros.ros.messages import to_reading

_LITTLE_ENDIAN = b"\x00\x01\x00\x00"
"""How a message begins that is plain CDR, little endian (OMG DDSI-RTPS 2.2, 10.2)."""

_BODY = len(_LITTLE_ENDIAN)
_STAMP = struct.Struct("<iI")
_COUNT = struct.Struct("<I")
_FRAME = _BODY + _STAMP.size
_FIELDS = ("position", "velocity", "effort")
_DOUBLE = 8

_MOST_LAYOUTS = 8
"""Of several drivers on one topic; one that shuffles its joints is not worth more."""


class JointStateReader:
    """Serialised joint states to readings.

    A driver sends the same joints in the same order again and again. Such messages are read where
    they lie: to build an object of every name and number would take as long as the policy does.
    Any other message is read by rclpy, and shows where in its like the numbers are.
    """

    def __init__(self) -> None:
        self._layouts: list[_Layout] = []

    def __call__(self, data: bytes) -> Reading | None:
        """What ``data`` says; None where it is no joint state."""
        for layout in self._layouts:
            if layout.fits(data):
                return layout.read(data)
        try:
            reading = to_reading(deserialize_message(data, JointState))
        except Exception:  # of rclpy's C++ part, which has several kinds
            return None
        if len(self._layouts) < _MOST_LAYOUTS:
            self._layouts += _find_layouts(data, reading)
        return reading


@dataclass(frozen=True)
class _Layout:
    """Where the numbers lie in messages of one frame, with the same joints.

    Args:
        size: Of the message [bytes].
        head: Frame and names as they are serialised.
        names: Of the joints.
        counts: Where the number of values of each field is, and its bytes.
        fields: Name, number of values and place of each field that is there.
    """

    size: int
    head: bytes
    names: tuple[str, ...]
    counts: tuple[tuple[slice, bytes], ...]
    fields: tuple[tuple[str, int, int], ...]

    def fits(self, data: bytes) -> bool:
        """Whether ``data`` differs from the message this was found in by stamp and values alone."""
        return (
            len(data) == self.size
            and data.startswith(_LITTLE_ENDIAN)
            and data.startswith(self.head, _FRAME)
            and all(data[place] == count for place, count in self.counts)
        )

    def read(self, data: bytes) -> Reading:
        """What ``data``, which :meth:`fits`, says."""
        seconds, nanoseconds = _STAMP.unpack_from(data, _BODY)
        stamp = seconds + 1e-9 * nanoseconds
        values = {
            name: np.frombuffer(data, np.float64, count, at) for name, count, at in self.fields
        }
        return Reading(values, names=self.names, stamp=stamp if stamp > 0 else None)


def _find_layouts(data: bytes, reading: Reading) -> list[_Layout]:
    """The layout of ``data``; none where it does not give the very ``reading``."""
    if not data.startswith(_LITTLE_ENDIAN):
        return []
    joints, at = _count_at(data, _after_text(data, _FRAME))
    if joints != len(reading.names):
        return []
    for _ in range(joints):
        at = _after_text(data, at)
    head = data[_FRAME:at]
    counts, fields = [], []
    for name in _FIELDS:
        count, after = _count_at(data, at)
        place = slice(after - _COUNT.size, after)
        counts.append((place, data[place]))
        at = _aligned(after, _DOUBLE) if count else after
        if count:
            fields.append((name, count, at))
            at += count * _DOUBLE
    layout = _Layout(len(data), head, tuple(reading.names), tuple(counts), tuple(fields))
    return [layout] if _equal(layout.read(data), reading) else []


def _aligned(at: int, size: int) -> int:
    """The first place from ``at`` on where something of ``size`` may begin."""
    return _BODY + -(-(at - _BODY) // size) * size


def _count_at(data: bytes, at: int) -> tuple[int, int]:
    """A count, and where it ends."""
    at = _aligned(at, _COUNT.size)
    (count,) = _COUNT.unpack_from(data, at)
    return count, at + _COUNT.size


def _after_text(data: bytes, at: int) -> int:
    """Where a text ends; its length comes before it."""
    length, at = _count_at(data, at)
    return at + length


def _equal(one: Reading, other: Reading) -> bool:
    return (
        one.stamp == other.stamp
        and one.fields.keys() == other.fields.keys()
        and all(
            np.array_equal(one.fields[name], values, equal_nan=True)
            for name, values in other.fields.items()
        )
    )
