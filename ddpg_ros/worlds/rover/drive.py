"""Two driven wheels on the ground plane, without slip."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class RoverParameters:
    """A TurtleBot3 Burger, as published and as its wheels answer.

    Args:
        radius: Of the disc around the robot that must touch nothing [m].
        wheel_separation: Between the wheels' middles [m].
        wheel_speed: Largest speed of a wheel's rim [m/s].
        wheel_acceleration: Largest acceleration of a wheel's rim [m/s^2].
        wheel_lag: Time constant with which a wheel goes to the speed it is told [s].
        wheel_gain: Speed that a wheel settles at, as a fraction of what it is told.
        inertia: How much harder it is to turn than it was measured to be, a factor.
        scan_noise: Deviation of each ray's range [m].
    """

    radius: float = 0.105
    wheel_separation: float = 0.16
    wheel_speed: float = 0.2272
    wheel_acceleration: float = 1.0
    wheel_lag: float = 0.1
    wheel_gain: float = 1.0
    inertia: float = 1.0
    scan_noise: float = 0.01


class Drive:
    """The robot's pose ``x``, ``y`` [m], ``yaw`` [rad], and the speeds of its wheels [m/s]."""

    def __init__(self, x: float, y: float, yaw: float) -> None:
        self.x, self.y, self.yaw = x, y, yaw
        self.left = self.right = 0.0

    @property
    def speed(self) -> float:
        """Forward speed [m/s]."""
        return 0.5 * (self.left + self.right)

    def rate(self, parameters: RoverParameters) -> float:
        """Turn rate, counter-clockwise [rad/s]."""
        return (self.right - self.left) / parameters.wheel_separation

    def advance(
        self,
        parameters: RoverParameters,
        speed: float,
        rate: float,
        duration: float,
        steps: int,
    ) -> None:
        """Drive for ``duration`` [s], told ``speed`` [m/s] and turn ``rate`` [rad/s]."""
        p, dt = parameters, duration / steps
        sideways = 0.5 * rate * p.wheel_separation
        wanted_left = p.wheel_gain * _within(speed - sideways, p.wheel_speed)
        wanted_right = p.wheel_gain * _within(speed + sideways, p.wheel_speed)
        answer, most = 1.0 - math.exp(-dt / p.wheel_lag), p.wheel_acceleration * dt
        for _ in range(steps):
            left = _within(answer * (wanted_left - self.left), most)
            right = _within(answer * (wanted_right - self.right), most)
            if p.inertia != 1.0:
                ahead, aside = 0.5 * (left + right), 0.5 * (right - left) / p.inertia
                left, right = ahead - aside, ahead + aside
            self.left += left
            self.right += right
            turned = self.rate(p) * dt
            course, way = self.yaw + 0.5 * turned, self.speed * dt
            self.x += way * math.cos(course)
            self.y += way * math.sin(course)
            self.yaw += turned

    def push(self, parameters: RoverParameters, ahead: float, aside: float) -> None:
        """Add a speed ``ahead``, and one ``aside`` at the front rim, which turns it [m/s]."""
        p = parameters
        turn = 0.5 * p.wheel_separation * aside / (p.radius * p.inertia)
        self.left += ahead - turn
        self.right += ahead + turn


def _within(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))
