"""Simulated robots, as Gymnasium environments."""

from ddpg_ros.worlds.catalogue import WORLDS, make_world
from ddpg_ros.worlds.disturbed import DisturbedWorld
from ddpg_ros.worlds.randomisation import Randomisation
from ddpg_ros.worlds.world import PeriodEnd, World

__all__ = ["WORLDS", "DisturbedWorld", "PeriodEnd", "Randomisation", "World", "make_world"]
