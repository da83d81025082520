"""A wheeled robot with a laser that drives to goals through rooms full of obstacles."""

from ddpg_ros.worlds.rover.levels import LEVELS, Level
from ddpg_ros.worlds.rover.world import RoverWorld, rover_contract

__all__ = ["LEVELS", "Level", "RoverWorld", "rover_contract"]
