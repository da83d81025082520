"""Pictures of a world, over real DDS."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from graph import Graph, NodeProcess
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Float64MultiArray

from ddpg_ros.ros.camera_feed import CameraFeed, to_image
from ddpg_ros.ros.messages import to_stamp
from ddpg_ros.worlds.balancer import BalancerWorld
from ddpg_ros.worlds.pendulum import PendulumWorld

TOPIC = "camera/image_raw"


def pixels(image: Image) -> np.ndarray:
    return np.frombuffer(image.data, np.uint8).reshape(image.height, image.width, 3)


def nanoseconds(stamp: Time) -> int:
    return stamp.sec * 10**9 + stamp.nanosec


class SlowlyDrawn(PendulumWorld):
    """A pendulum whose pictures are ready when ``may_finish`` says so."""

    def __init__(self) -> None:
        super().__init__()
        self.may_finish = threading.Event()
        self.begun = 0

    def draw(self, snapshot: Any) -> np.ndarray:
        self.begun += 1
        assert self.may_finish.wait(30.0)
        return super().draw(snapshot)


def test_a_world_that_moves_sends_pictures_that_change(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    images = graph.listen(Image, TOPIC)
    start("world", wait_for_command=False, camera_rate=10.0, seed=3)
    graph.wait_for(lambda: len(images) > 5, "pictures")
    for image in images:
        assert (image.height, image.width, image.step) == (240, 320, 960)
        assert (image.encoding, image.header.frame_id) == ("rgb8", "camera_optical_frame")
    stamps = [nanoseconds(image.header.stamp) for image in images]
    assert all(stamp % 10**8 == 0 for stamp in stamps)
    assert (np.diff(stamps) > 0).all()
    changes = [(pixels(a) != pixels(b)).any() for a, b in itertools.pairwise(images)]
    assert sum(changes) >= 4


def test_a_picture_shows_the_robot_as_it_is(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    images = graph.listen(Image, TOPIC)
    start("world", world="balancer", camera_rate=5.0, seed=7)
    graph.wait_for(lambda: images, "a picture")
    expected = []
    for seed in (7, 8):
        world = BalancerWorld()
        world.reset(seed=seed)
        expected.append(world.render().astype(int))
        world.close()
    off = [np.abs(pixels(images[0]) - picture).mean() for picture in expected]
    assert off[0] < 0.1 < off[1]


def test_nobody_waits_for_a_picture_and_what_is_due_meanwhile_is_left_out(graph: Graph) -> None:
    images = graph.listen(Image, TOPIC, 100)
    world = SlowlyDrawn()
    world.reset(seed=0)
    feed = CameraFeed(graph.node, world, rate=100.0)
    graph.wait_for(lambda: graph.node.count_subscribers(TOPIC), "the listener")
    graph.serve(0.5)
    for step in range(1, 31):
        feed.look(step * 10**7, to_stamp(step * 10**7))
    graph.serve(0.2)
    assert (world.begun, images) == (1, [])
    world.may_finish.set()
    graph.wait_for(lambda: images, "the picture")
    feed.look(31 * 10**7, to_stamp(31 * 10**7))
    graph.wait_for(lambda: len(images) > 1, "the next picture")
    feed.close()
    assert [nanoseconds(image.header.stamp) for image in images] == [10**7, 31 * 10**7]


def test_closing_waits_for_the_picture_that_is_being_drawn(graph: Graph) -> None:
    world = SlowlyDrawn()
    world.reset(seed=0)
    feed = CameraFeed(graph.node, world, rate=100.0)
    feed.look(10**7, to_stamp(10**7))
    closing = threading.Thread(target=feed.close)
    closing.start()
    closing.join(0.2)
    assert closing.is_alive()
    world.may_finish.set()
    closing.join(30.0)
    assert not closing.is_alive()


def test_pictures_are_sent_at_the_rate_whatever_the_step(graph: Graph) -> None:
    world = SlowlyDrawn()
    world.may_finish.set()
    world.reset(seed=0)
    feed = CameraFeed(graph.node, world, rate=30.0)
    for step in range(1001):
        feed.look(step * 10**6, to_stamp(step * 10**6))
        if feed._drawn is not None:
            feed._drawn.result(30.0)
    feed.close()
    assert world.begun == 30


def test_a_film_and_pictures_can_be_had_of_one_flight(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    images = graph.listen(Image, TOPIC)
    film = tmp_path / "film.gif"
    node = start(
        "world",
        episodes=1,
        real_time_factor=10.0,
        camera_rate=2.0,
        film_file=film,
        film_episodes=1,
    )
    graph.wait_for(lambda: images, "a picture of the robot that waits for a command")
    images.clear()
    graph.publish_at(20.0, Float64MultiArray, "commands", lambda: Float64MultiArray(data=[0.5]))
    graph.wait_for(lambda: not node.running(), "the end of the world")
    assert node.wait() == 0, node.output
    assert len(images) > 3
    assert film.read_bytes().startswith(b"GIF8")


def test_without_a_rate_there_is_no_camera(graph: Graph, start: Callable[..., NodeProcess]) -> None:
    states, images = graph.listen(JointState, "joint_states"), graph.listen(Image, TOPIC)
    start("world", real_time_factor=5.0)
    graph.wait_for(lambda: len(states) > 500, "joint states")
    assert images == []


def test_a_picture_becomes_rows_of_red_green_and_blue() -> None:
    picture = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    image = to_image(picture, Time(sec=3, nanosec=5))
    assert (image.height, image.width, image.step, image.is_bigendian) == (2, 4, 12, 0)
    assert image.data.tolist() == list(range(24))
    assert image.header.stamp == Time(sec=3, nanosec=5)
