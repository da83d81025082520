"""How ROS is started: what it would ignore, or end without a word for, is told first."""

from __future__ import annotations

import os
from collections.abc import Sequence

import rclpy
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import remove_ros_args

from ddpg_ros.errors import ConfigError, one_line

_LAST_DOMAIN = 232
"""Whose ports are still below 65536."""
_ARGUMENTS = (
    "Parameters are given as --ros-args -p NAME:=VALUE, names as -r FROM:=TO, a namespace as "
    "-r __ns:=/NAME; or as launch arguments."
)


def start_ros(args: Sequence[str] | None) -> None:
    """Have rclpy run; signals stay with whoever has them.

    rclpy's own handler would end the context before the last word could be said.

    Args:
        args: Command line with ROS arguments; that of the process if None.

    Raises:
        ConfigError: An argument that rclpy would ignore, or cannot read, or such a domain.
    """
    arguments = None if args is None else list(args)
    _check_arguments(arguments)
    _check_domain(os.environ.get("ROS_DOMAIN_ID", ""))
    rclpy.init(args=arguments, signal_handler_options=SignalHandlerOptions.NO)


def _check_arguments(arguments: list[str] | None) -> None:
    try:
        _, *others = remove_ros_args(arguments) or [""]
    except RuntimeError as error:  # rclpy's own, which it does not export everywhere
        raise ConfigError(
            f"arguments that ROS cannot read ({one_line(error)}). {_ARGUMENTS}"
        ) from None
    if others:
        raise ConfigError(f"unknown argument {others[0]}. {_ARGUMENTS}")


def _check_domain(text: str) -> None:
    """ROS itself takes one that has no ports, and DDS ends without a word then."""
    if text and not (text.isdecimal() and int(text) <= _LAST_DOMAIN):
        raise ConfigError(
            "environment variable ROS_DOMAIN_ID: expected a whole number from 0 to "
            f"{_LAST_DOMAIN}, got '{text}'."
        )
