"""``ddpg_trainer``: the training, with ROS parameters, progress on a topic and services."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_msgs.msg import String
from std_srvs.srv import Trigger

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.presets import preset_for
from ddpg_ros.learning.reporting import Progress, Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import (
    TrainingResult,
    WorldMaker,
    find_job,
    resume_training,
    simulated_world,
    start_training,
)
from ddpg_ros.ros.parameters import check_overrides, declare, is_given
from ddpg_ros.ros.ros_world import ros_worlds
from ddpg_ros.ros.settings import RobotParameters, TrainerParameters
from ddpg_ros.ros.spin import StopSignals, user_errors
from ddpg_ros.ros.starting import start_ros
from ddpg_ros.worlds import ROS

NAME = "ddpg_trainer"

_SERVE_SECONDS = 0.1


class TrainerNode(Node, Reporter):
    """Takes the parameters, tells of progress, and passes requests on to the training loop."""

    def __init__(self, request: StopRequest, **node_arguments: Any) -> None:
        super().__init__(NAME, **node_arguments)
        self.settings = declare(self, TrainerParameters())
        robot = declare(self, RobotParameters())
        self.config = declare(self, preset_for(self.settings.world, self.settings.preset))
        check_overrides(self)
        if self.settings.resume:
            self._refuse_hyperparameters(robot)
            self.job, _ = RunFolder(Path(self.settings.resume)).load_job()
        else:
            self.job = job_of(self.settings, robot)
        self._request = request
        self._progress_out = self.create_publisher(String, "~/progress", 10)
        self.create_service(Trigger, "~/checkpoint", self._checkpoint)
        self.create_service(Trigger, "~/stop", self._stop)
        self._told_tenths = 0

    def progress(self, progress: Progress) -> None:
        values = dataclasses.asdict(progress)
        known = {k: v for k, v in values.items() if not _is_nan(v)}
        self._progress_out.publish(String(data=json.dumps(known)))
        tenths = 10 * progress.step // progress.total_steps
        if tenths > self._told_tenths:
            self._told_tenths = tenths
            self.message(f"{progress.step:,} of {progress.total_steps:,} steps, " + told(known))

    def evaluated(self, step: int, evaluation: Evaluation, best: bool) -> None:
        mark = ", the best so far" if best else ""
        self.message(f"{step:,} steps, evaluation: {evaluation}{mark}")

    def message(self, text: str) -> None:
        self.get_logger().info(text)

    def warning(self, text: str) -> None:
        self.get_logger().warning(text)

    def _refuse_hyperparameters(self, robot: RobotParameters) -> None:
        fields = (*dataclasses.fields(robot), *dataclasses.fields(self.config))
        names = ["preset", "randomise", *(field.name for field in fields)]
        given = [name for name in names if is_given(self, name)]
        if given:
            raise ConfigError(
                f"resume continues {self.settings.resume} with the hyperparameters it was started "
                f"with; leave out {', '.join(given)}."
            )

    def _checkpoint(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._request.checkpoint = True
        response.success, response.message = True, "a checkpoint follows the present step"
        return response

    def _stop(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._request.ask()
        response.success, response.message = True, "stopping with a checkpoint"
        return response


def job_of(settings: TrainerParameters, robot: RobotParameters) -> Job:
    """What the parameters ask to train on."""
    options = dataclasses.asdict(robot) if settings.world == ROS else {}
    return find_job(
        settings.world,
        settings.contract_file,
        settings.randomise,
        options=options,
        preset=settings.preset,
    )


@contextlib.contextmanager
def world_maker(job: Job) -> Iterator[WorldMaker]:
    """How the worlds of a job are made: here, or on the ROS graph, where rclpy runs already."""
    if job.world != ROS:
        yield simulated_world
        return
    with ros_worlds(RobotParameters(**job.options)) as worlds:
        yield lambda job: worlds(job.contract_file)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def told(known: dict[str, float]) -> str:
    """Speed and return, as far as they are known."""
    parts = [f"{known['steps_per_second']:.0f} steps/s"] if "steps_per_second" in known else []
    parts += [f"return {known['episode_return']:.1f}"] if "episode_return" in known else []
    return ", ".join(parts)


def train(node: TrainerNode, request: StopRequest) -> TrainingResult:
    """Run the training the parameters ask for."""
    with world_maker(node.job) as make:
        if node.settings.resume:
            return resume_training(node.settings.resume, node, request, make)
        folder = node.settings.run_folder
        return start_training(node.job, node.config, folder, node, request, make)


def tell_what_next(result: TrainingResult, node: TrainerNode) -> None:
    """Say what the training left and what to type next."""
    folder = result.folder
    if result.evaluation is None:
        node.message(
            f"stopped with a checkpoint; go on with: ros2 launch ddpg_ros train.launch.py "
            f"resume:={folder.path.resolve()}"
        )
        return
    policy = folder.policy.resolve()
    node.message(f"learning curve: {folder.learning_curve.resolve()}")
    if folder.report.exists():
        node.message(f"report: {folder.report.resolve()}")
    node.message(f"policy: {policy}")
    node.message(f"fly it: ros2 launch ddpg_ros simulate.launch.py policy:={policy}")


def main(args: Sequence[str] | None = None) -> int:
    """Train to the end or until a signal comes; returns the exit code."""
    request = StopRequest()
    StopSignals(request.ask)
    with user_errors(NAME) as outcome, contextlib.ExitStack() as stack:
        stack.callback(StopSignals.ignore)
        start_ros(args)
        stack.callback(rclpy.try_shutdown)
        node = TrainerNode(request)
        stack.callback(node.destroy_node)
        stack.enter_context(served(node))
        tell_what_next(train(node, request), node)
    return outcome.code


@contextlib.contextmanager
def served(node: Node) -> Iterator[None]:
    """Have a thread answer the node's services while this one trains."""
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            executor.spin_once(timeout_sec=_SERVE_SECONDS)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        executor.shutdown()


if __name__ == "__main__":
    sys.exit(main())
