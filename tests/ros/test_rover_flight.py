"""A robot with everything at once, flown by the controller node against the world node."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import rover_env
import yaml
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import TwistStamped
from graph import Graph, NodeProcess
from steady_policy import write_policy
from trajectory_msgs.msg import JointTrajectory

from ddpg_ros.cli.evaluate import evaluate_policy
from ddpg_ros.deploy import OnnxPolicy


def test_four_sensors_two_commands_and_a_history_fly_as_in_gymnasium(
    graph: Graph,
    start: Callable[..., NodeProcess],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(Path(__file__).parent), "")))
    contract_file = tmp_path / "rover.yaml"
    contract_file.write_text(yaml.safe_dump(rover_env.contract().to_dict()))
    policy = write_policy(tmp_path / "policy.onnx", rover_env.contract())
    diagnostics = graph.listen(DiagnosticArray, "/diagnostics")
    twists = graph.listen(TwistStamped, "cmd_vel")
    trajectories = graph.listen(JointTrajectory, "commands")
    results = tmp_path / "episodes.json"
    start("controller", policy=policy, use_sim_time=True)
    world = start(
        "world",
        world="rover_env:Rover-v0",
        contract_file=contract_file,
        episodes=3,
        seed=2**31,
        results_file=results,
    )
    graph.wait_for(lambda: not world.running(), "the end of the world")
    assert world.wait() == 0, world.output
    flown = [episode["return"] for episode in json.loads(results.read_text())]
    in_gym = evaluate_policy(OnnxPolicy.load(policy), 3, "rover_env:Rover-v0", str(contract_file))
    assert flown[1:] == pytest.approx(in_gym.returns[1:], rel=0.1)
    assert 0.3 < max(twist.twist.linear.x for twist in twists) <= 0.5
    assert trajectories[-1].joint_names == ["mast"]
    assert any(d.status[0].message.startswith("the policy drives") for d in diagnostics)
