"""What of a MuJoCo model can be another than modelled, and how it is pushed."""

from __future__ import annotations

import mujoco
import numpy as np

from ddpg_ros.worlds.randomisation import Draw

_SCALED = (
    "body_mass",
    "body_inertia",
    "dof_damping",
    "dof_frictionloss",
    "geom_friction",
    "actuator_gainprm",
    "actuator_biasprm",
)
_LINEAR = (mujoco.mjtGain.mjGAIN_FIXED, mujoco.mjtGain.mjGAIN_AFFINE)


class MujocoPlant:
    """Scales a model, always from the values that it had when this was made.

    Args:
        model: The model, as modelled.
        data: Its data; :meth:`vary` leaves it to be reset.
    """

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        self._model, self._data = model, data
        self._nominal = {name: getattr(model, name).copy() for name in _SCALED}
        self._pushed: set[int] = set()
        moves = (model.body_weldid != 0) & (model.body_mocapid[model.body_weldid] < 0)
        self._movable = np.flatnonzero(moves & (model.body_mass > 0))

    def vary(self, draw: Draw) -> None:
        """Scale masses, inertias, friction and motor gains; the state must be reset after it."""
        model = self._model
        mass = draw.factors("mass", model.nbody)
        inertia = mass * draw.factors("inertia", model.nbody)
        joint = draw.factors("friction", model.nv)
        surface = draw.factors("friction", model.ngeom)
        linear = np.isin(model.actuator_gaintype, _LINEAR)
        gain = np.where(linear, draw.factors("motor_gain", model.nu), 1.0)
        for name, factors in (
            ("body_mass", mass),
            ("body_inertia", inertia),
            ("dof_damping", joint),
            ("dof_frictionloss", joint),
            ("geom_friction", surface),
            ("actuator_gainprm", gain),
            ("actuator_biasprm", gain),
        ):
            nominal = self._nominal[name]
            getattr(model, name)[:] = nominal * factors.reshape(-1, *[1] * (nominal.ndim - 1))
        mujoco.mj_setConst(model, self._data)

    def push(self, speed: float, seconds: float, rng: np.random.Generator) -> None:
        """Have a force act on a body from now on; :meth:`release` ends it.

        Args:
            speed: What it adds to the speed of the body, were that free [m/s].
            seconds: How long it will act [s].
            rng: Draws the body and the direction.
        """
        body = int(rng.choice(self._movable))
        direction = rng.standard_normal(3)
        direction /= np.linalg.norm(direction)
        self._data.xfrc_applied[body, :3] += (
            self._model.body_mass[body] * speed / seconds * direction
        )
        self._pushed.add(body)

    def release(self) -> None:
        """End the pushes, if there are any."""
        while self._pushed:
            self._data.xfrc_applied[self._pushed.pop()] = 0.0
