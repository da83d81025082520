"""Noise and bias of simulated sensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ddpg_ros.contract import Reading

Deviations = Mapping[str, Mapping[str, float]]
"""Standard deviation of a sensor's noise by topic and field, in the field's SI unit:
``{"joint_states": {"position": 0.01, "velocity": 0.1}}``. Fields that are left out have none."""


class SensorNoise:
    """Adds Gaussian noise to readings, and to each element an error that stays for the episode.

    Args:
        nominal: Deviation of each sensor.
        factor: Factor on it.
        bias: Lowest and highest constant error, in nominal deviations.
        rng: Draws.
    """

    def __init__(
        self,
        nominal: Deviations,
        factor: float,
        bias: tuple[float, float],
        rng: np.random.Generator,
    ) -> None:
        self._nominal, self._factor, self._bias_range, self._rng = nominal, factor, bias, rng
        self._biases: dict[tuple[str, str], np.ndarray] = {}
        self._silent = factor == 0.0 and bias == (0.0, 0.0)

    def disturb(self, readings: Mapping[str, Reading]) -> dict[str, Reading]:
        """Copies of ``readings`` as noisy sensors would say them.

        They carry no stamps: late ones are meant to be taken for what the sensors say now.
        """
        return {topic: self._disturbed(topic, reading) for topic, reading in readings.items()}

    def _disturbed(self, topic: str, reading: Reading) -> Reading:
        fields = {name: values.copy() for name, values in reading.fields.items()}
        if not self._silent:
            for name, deviation in self._nominal.get(topic, {}).items():
                if name in fields:
                    fields[name] += self._error(topic, name, deviation, len(fields[name]))
        return replace(reading, fields=fields, stamp=None)

    def _error(self, topic: str, field: str, deviation: float, size: int) -> np.ndarray:
        if (topic, field) not in self._biases:
            self._biases[topic, field] = deviation * self._rng.uniform(*self._bias_range, size)
        noise = self._rng.standard_normal(size)
        return self._biases[topic, field] + self._factor * deviation * noise
