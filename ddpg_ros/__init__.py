"""A learned controller for a ROS 2 robot: train with DDPG, export, prove, fly."""

__version__ = "0.1.0"
