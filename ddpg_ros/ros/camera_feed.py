"""Pictures of a world on a topic."""

from __future__ import annotations

from array import array
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from rclpy.node import Node
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image

from ddpg_ros.ros.settings import CAMERA
from ddpg_ros.worlds import World

_FRAME = "camera_optical_frame"
"""REP-103's name for a camera's frame whose z axis looks ahead."""


class CameraFeed:
    """Publishes pictures at a rate of simulated time.

    A snapshot is cheap and taken by the thread that steps the world. Drawing takes longer than
    many a step, so another thread does it, and publishes. A picture that is due while another is
    being drawn is left out.

    Args:
        node: Whose topic it is.
        world: What is pictured.
        rate: Pictures per second of simulated time [Hz], at most one a step.
    """

    def __init__(self, node: Node, world: World, rate: float) -> None:
        self._world = world
        self._rate = rate
        self._out = node.create_publisher(Image, CAMERA, QoSProfile(depth=1))
        node.get_logger().info(f"pictures on {self._out.topic_name}, {rate:g} a second at most")
        self._painter = ThreadPoolExecutor(1, "camera")
        self._drawn: Future[None] | None = None
        self._last_due = 0

    def look(self, nanoseconds: int, stamp: Time) -> None:
        """Picture the moment if it is time to.

        Args:
            nanoseconds: Simulated time [ns].
            stamp: What to say that it is.
        """
        due = int(nanoseconds * self._rate) // 10**9
        if due == self._last_due:
            return
        self._last_due = due
        if self._drawn is not None:
            if not self._drawn.done():
                return
            self._drawn.result()
        self._drawn = self._painter.submit(self._publish, self._world.snapshot(), stamp)

    def close(self) -> None:
        """Finish the picture that is being drawn, and stop."""
        self._painter.shutdown()

    def _publish(self, snapshot: Any, stamp: Time) -> None:
        self._out.publish(to_image(self._world.draw(snapshot), stamp))


def to_image(picture: np.ndarray, stamp: Time) -> Image:
    """The message of a picture ``(height, width, 3)`` uint8, red, green and blue."""
    height, width, _ = picture.shape
    image = Image(height=height, width=width, encoding="rgb8", step=3 * width)
    image.header.stamp, image.header.frame_id = stamp, _FRAME
    image.data = array("B", picture.tobytes())
    return image
