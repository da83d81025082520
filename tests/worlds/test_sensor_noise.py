"""Noise goes where a sensor has some, and nowhere else."""

from __future__ import annotations

import numpy as np

from ddpg_ros.contract.readings import joint_state, laser_scan
from ddpg_ros.worlds.sensor_noise import Deviations, SensorNoise

NOMINAL: Deviations = {"scan": {"ranges": 0.1}, "joint_states": {"position": 0.1, "effort": 0.1}}


def noise(factor: float = 1.0, bias: tuple[float, float] = (0.0, 0.0)) -> SensorNoise:
    return SensorNoise(NOMINAL, factor, bias, np.random.default_rng(0))


def test_fields_without_a_deviation_and_rays_without_a_return_stay_as_they_are() -> None:
    said = noise().disturb(
        {
            "scan": laser_scan([np.inf, 1.0], 0.0, 0.1, 0.1, 3.5),
            "joint_states": joint_state(["a", "b"], position=[1.0, 2.0], velocity=[3.0, 4.0]),
        }
    )
    ranges = said["scan"].fields["ranges"]
    assert ranges[0] == np.inf
    assert ranges[1] != 1.0
    assert said["scan"].geometry == (0.0, 0.1, 0.1, 3.5)
    joints = said["joint_states"]
    assert set(joints.fields) == {"position", "velocity"}
    assert joints.names == ["a", "b"]
    assert joints.fields["velocity"].tolist() == [3.0, 4.0]
    assert np.all(joints.fields["position"] != [1.0, 2.0])


def test_what_the_world_said_is_not_written_to_and_stamps_go() -> None:
    reading = joint_state(["a"], position=[1.0], stamp=5.0)
    said = noise(bias=(1.0, 1.0)).disturb({"joint_states": reading})["joint_states"]
    assert reading.fields["position"].tolist() == [1.0]
    assert (reading.stamp, said.stamp) == (5.0, None)


def test_each_element_has_a_bias_of_its_own_that_stays() -> None:
    sensors = noise(factor=0.0, bias=(-1.0, 1.0))
    reading = {"joint_states": joint_state(list("abcd"), position=np.zeros(4).tolist())}
    first = sensors.disturb(reading)["joint_states"].fields["position"]
    assert len(set(first)) == 4
    assert np.abs(first).max() <= 0.1
    for _ in range(3):
        again = sensors.disturb(reading)["joint_states"].fields["position"]
        np.testing.assert_array_equal(again, first)
