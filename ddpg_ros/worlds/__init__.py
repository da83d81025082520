"""Simulated robots, as Gymnasium environments."""

from ddpg_ros.worlds.catalogue import ROS, WORLDS, make_world
from ddpg_ros.worlds.disturbed import DisturbedWorld
from ddpg_ros.worlds.randomisation import Randomisation
from ddpg_ros.worlds.world import PeriodEnd, World

__all__ = ["ROS", "WORLDS", "DisturbedWorld", "PeriodEnd", "Randomisation", "World", "make_world"]
