"""Simulated robots, as Gymnasium environments."""

from ddpg_ros.worlds.catalogue import ROS, WORLDS, make_world
from ddpg_ros.worlds.world import PeriodEnd, World

__all__ = ["ROS", "WORLDS", "PeriodEnd", "World", "make_world"]
