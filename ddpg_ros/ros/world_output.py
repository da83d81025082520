"""What a simulated robot says: its sensors and the clock, as far as its faults let them through."""

from __future__ import annotations

import dataclasses

from rclpy.node import Node
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock

from ddpg_ros.contract import Reading
from ddpg_ros.ros.camera_feed import CameraFeed
from ddpg_ros.ros.faults import FaultInjector, described
from ddpg_ros.ros.messages import MESSAGE_TYPES, to_message, to_stamp
from ddpg_ros.ros.settings import FaultParameters
from ddpg_ros.worlds import World

RELIABLE = QoSProfile(depth=10)


class WorldOutput:
    """Publishes the readings of a world, its pictures, and ``/clock``.

    Args:
        node: Who publishes.
        world: What is read; an episode of it has begun.
        seed: Of what faults draw at random.
        camera_rate: Pictures per second of simulated time [Hz]; 0: none.
    """

    def __init__(self, node: Node, world: World, seed: int, camera_rate: float) -> None:
        self._node, self._world = node, world
        self._sensors = {
            topic: (message, node.create_publisher(MESSAGE_TYPES[message], topic, RELIABLE))
            for topic, message in world.contract.topics.items()
        }
        self._clock = node.create_publisher(Clock, "/clock", RELIABLE)
        self._jumped_nanoseconds = 0
        self._injector = FaultInjector(self._readings(), seed)
        self._camera = CameraFeed(node, world, camera_rate) if camera_rate > 0 else None

    @property
    def paused(self) -> bool:
        """Whether a fault holds up the world."""
        return self._injector.faults.pause

    def publish(self, nanoseconds: int) -> None:
        """Say what the sensors read, and the time; a picture where one is due.

        Args:
            nanoseconds: Time of the world [ns].
        """
        time = nanoseconds + self._jumped_nanoseconds
        for topic, reading, stamp in self._injector.pass_on(self._readings(), time, nanoseconds):
            message, publisher = self._sensors[topic]
            publisher.publish(to_message(message, reading, to_stamp(stamp)))
        if not self._injector.faults.stall_clock:
            self._clock.publish(Clock(clock=to_stamp(time)))
        if self._camera:
            self._camera.look(nanoseconds, to_stamp(time))

    def set_faults(self, faults: FaultParameters) -> None:
        """From now on ``faults``, but for a jump of time.

        Raises:
            ConfigError: A topic or a joint does not exist.
        """
        before = self._injector.faults
        self._injector.switch(dataclasses.replace(faults, jump_time=0.0))
        if self._injector.faults != before:
            self._node.get_logger().warning(f"faults: {described(self._injector.faults)}")

    def jump(self, seconds: float, nanoseconds: int) -> None:
        """Have the published time jump, never to before 0.

        Args:
            seconds: How far [s].
            nanoseconds: Time of the world [ns].
        """
        jumped = self._jumped_nanoseconds + round(seconds * 1e9)
        self._jumped_nanoseconds = max(jumped, -nanoseconds)
        self._node.get_logger().warning(f"faults: time jumps by {seconds:+g} s")

    def close(self) -> None:
        """Draw no more pictures."""
        if self._camera:
            self._camera.close()

    def _readings(self) -> dict[str, Reading]:
        readings = self._world.readings()
        return {topic: readings[topic] for topic in self._sensors}
