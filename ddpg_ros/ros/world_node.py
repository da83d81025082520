"""``ddpg_world``: a simulated robot on the ROS graph, at real time or a factor of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from std_msgs.msg import String
from std_srvs.srv import Trigger

from ddpg_ros.contract import Command
from ddpg_ros.ros.command_messages import command_values
from ddpg_ros.ros.flight_log import FlightLog
from ddpg_ros.ros.heard_commands import HeardCommands
from ddpg_ros.ros.messages import MESSAGE_TYPES
from ddpg_ros.ros.parameters import check_overrides, declare, file_to_write
from ddpg_ros.ros.settings import FAULTS, FaultParameters, WorldParameters
from ddpg_ros.ros.spin import run_node
from ddpg_ros.ros.world_output import RELIABLE, WorldOutput
from ddpg_ros.worlds import DisturbedWorld, PeriodEnd, World, make_world
from ddpg_ros.worlds.randomisation_file import read_randomisation

NAME = "ddpg_world"

_REPEAT_SECONDS = 0.1
"""In lockstep the last messages are said again after this silence: maybe nobody was there to hear
them. Never sooner, as without a stamp they could be taken for what the next command brings about.
"""


class WorldNode(Node):
    """Steps a world on the steady clock, publishes its sensors and ``/clock``, takes commands."""

    def __init__(self, **node_arguments: Any) -> None:
        super().__init__(NAME, **node_arguments)
        self._set = declare(self, WorldParameters())
        faults = declare(self, FaultParameters(), FAULTS, self._set_faults)
        check_overrides(self)
        self._files = {
            name: file_to_write(name, path)
            for name in ("results_file", "film_file")
            if (path := getattr(self._set, name))
        }
        filmed, pictured = "film_file" in self._files, self._set.camera_rate > 0
        self.world = self._make_world(render=filmed or pictured)
        contract = self.world.contract
        self._log = FlightLog(self.world, self._set.film_episodes if filmed else 0)
        self._step_nanoseconds = round(contract.period * 1e9 / self.world.substeps)
        self._nanoseconds = self._step_nanoseconds if self._set.lockstep else 0
        self._commanded = not self._set.wait_for_command
        self._commands = HeardCommands(contract, self._set.command_timeout)
        self._episodes_out = self.create_publisher(String, "~/episode", RELIABLE)
        self._subscribe_commands()
        self.create_service(Trigger, "~/reset", self._reset)
        self._seed = self._set.seed
        self._closed = self._over = False
        self._begin()
        if filmed or pictured:
            self.world.render()  # a camera that is missing is told now
        self._output = WorldOutput(self, self.world, self._seed, self._set.camera_rate)
        self._set_faults(faults, {"jump_time"})
        step_seconds = 1e-9 * self._step_nanoseconds / self._set.real_time_factor
        pace = f"at {self._set.real_time_factor:g} times real time"
        lockstep = self._set.lockstep
        self._timer = self.create_timer(
            _REPEAT_SECONDS if lockstep else step_seconds,
            self._repeat if lockstep else self._step,
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )
        self.get_logger().info(
            f"world '{contract.name}' {'in lockstep' if lockstep else pace}; publishes "
            f"{', '.join(contract.topics)}, takes {', '.join(c.topic for c in contract.commands)}"
            + ("" if self._commanded else "; holds the robot until a command comes")
        )

    def finished(self) -> bool:
        """Whether the episodes asked for have been run."""
        return 0 < self._set.episodes <= len(self._log.episodes)

    def last_word(self) -> None:
        """Write the results and the film."""
        self._output.close()
        if file := self._files.get("results_file"):
            file.write_text(json.dumps(self._log.episodes, indent=2) + "\n")
        if file := self._files.get("film_file"):
            self._log.write_film(str(file))
        self.world.close()

    def _make_world(self, render: bool) -> World:
        world = make_world(self._set.world, self._set.contract_file, render)
        if not self._set.randomise:
            return world
        ranges = read_randomisation(self._set.randomise, world.contract)
        self.get_logger().info(f"randomised: {ranges}")
        return DisturbedWorld(world, ranges, steadily=True)

    def _subscribe_commands(self) -> None:
        for part, command in self.world.contract.command_parts:
            receive = partial(self._receive, command, part)
            self.create_subscription(
                MESSAGE_TYPES[command.message], command.topic, receive, RELIABLE
            )

    def _receive(self, command: Command, part: slice, message: Any) -> None:
        values = command_values(command, message)
        if values is None or not np.isfinite(values).all():
            self.get_logger().warning(
                f"{command.topic}: ignored a command that does not carry one finite value each "
                f"for {', '.join(e.name for e in command.elements)}",
                throttle_duration_sec=1.0,
            )
            return
        self._commands.hear(part, values, self._nanoseconds)
        self._commanded = True
        if self._set.lockstep:
            self._awaited.discard(command.topic)
            if not self._awaited:
                self._step_period()

    def _step_period(self) -> None:
        """In lockstep: one control period, once there is a command for each part of the robot."""
        if self._output.paused:
            return
        self._awaited = {command.topic for command in self.world.contract.commands}
        for _ in range(self.world.substeps):
            self._advance()
        self._output.publish(self._nanoseconds)
        self._timer.reset()

    def _repeat(self) -> None:
        """In lockstep: say the last messages again."""
        if not self._output.paused:
            self._output.publish(self._nanoseconds)

    def _step(self) -> None:
        """One substep of the world, or of waiting for the first command."""
        if self._output.paused:
            return
        self._advance()
        self._output.publish(self._nanoseconds)

    def _advance(self) -> None:
        """Time passes, and the robot moves unless it is held."""
        self._nanoseconds += self._step_nanoseconds
        if self._commanded and not self._over and not self.finished():
            end = self.world.advance(self._current_command())
            if end is not None:
                self._end_period(end)

    def _current_command(self) -> np.ndarray:
        """The last command, the safe one for elements whose topic has been silent too long."""
        if silent := self._commands.fall_silent(self._nanoseconds):
            names = ", ".join(silent)
            self.get_logger().warning(
                f"no command for {self._set.command_timeout:g} s: {names} at the safe one"
            )
        return self._commands.command()

    def _end_period(self, end: PeriodEnd) -> None:
        if self._closed:
            self._over = end.terminated
            return
        self._log.record(end)
        if not end.over:
            return
        episode = self._log.close_episode(self._seed, end, self._commands.heard)
        self._episodes_out.publish(String(data=json.dumps(episode)))
        self.get_logger().info(
            f"episode {len(self._log.episodes)} (seed {self._seed}): return "
            f"{episode['return']:.2f} in {episode['steps']} steps, {episode['outcome']}"
        )
        if self.finished() and self._set.real_time_factor > 1.0:
            # A timer that is always due leaves no time to see that all is over.
            self._timer.timer_period_ns = self._step_nanoseconds
        if self._set.lockstep or self._set.wait_for_reset:
            self._closed, self._over = True, end.terminated
        else:
            self._seed += 1
            self._begin()

    def _begin(self) -> None:
        """Start the episode of the current seed; the robot is at its safe command."""
        self.world.reset(seed=self._seed)
        self._log.begin()
        self._commands.forget()
        self._closed = self._over = False
        self._awaited = {command.topic for command in self.world.contract.commands}

    def _set_faults(self, faults: FaultParameters, changes: set[str]) -> None:
        """From now on ``faults``, where ``changes`` are the ones that were set.

        Raises:
            ConfigError: A topic or a joint does not exist.
        """
        self._output.set_faults(faults)
        if "jump_time" in changes and faults.jump_time:
            self._output.jump(faults.jump_time, self._nanoseconds)

    def _reset(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._seed += 1
        self._begin()
        if self._set.lockstep:
            self._timer.reset()
        response.success, response.message = True, f"episode with seed {self._seed} begins"
        return response


def main(args: Sequence[str] | None = None) -> int:
    """Run the world until its episodes are over or a signal comes; returns the exit code."""
    return run_node(NAME, WorldNode, args)


if __name__ == "__main__":
    sys.exit(main())
