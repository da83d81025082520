"""What every MuJoCo world shares: a model, its data, and a camera."""

from __future__ import annotations

import math
from pathlib import Path

import mujoco
import numpy as np

from ddpg_ros.contract import Contract
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.camera import Camera
from ddpg_ros.worlds.mujoco_plant import MujocoPlant
from ddpg_ros.worlds.randomisation import Draw
from ddpg_ros.worlds.world import World

_MODELS = Path(__file__).parent / "models"
_STATE = mujoco.mjtState.mjSTATE_INTEGRATION


class MujocoWorld(World):
    """A world whose plant is a MuJoCo model.

    Args:
        model: Name of a file in ``worlds/models``, or the path of one (MJCF or URDF), or a model.
        contract: What a policy reads and drives here; its period is a multiple of the timestep.
        steps_per_substep: Physics steps after which new readings are there.
        camera: Name of the model's camera that films it.

    Raises:
        WorldError: The contract's period is not a whole number of substeps.
    """

    def __init__(
        self,
        model: str | Path | mujoco.MjModel,
        contract: Contract,
        steps_per_substep: int,
        camera: str = "film",
    ) -> None:
        if not isinstance(model, mujoco.MjModel):
            own = _MODELS / model
            model = mujoco.MjModel.from_xml_path(str(own if own.exists() else model))
        self.model = model
        self.data = mujoco.MjData(self.model)
        self._plant: MujocoPlant | None = None
        self._steps_per_substep = steps_per_substep
        self._camera_name = camera
        self._camera: Camera | None = None
        super().__init__(contract, self._substeps_of(contract))

    def snapshot(self) -> np.ndarray:
        """The integration state, ``(mj_stateSize,)`` float64."""
        state = np.empty(mujoco.mj_stateSize(self.model, _STATE))
        mujoco.mj_getState(self.model, self.data, state, _STATE)
        return state

    def draw(self, snapshot: np.ndarray) -> np.ndarray:
        if self._camera is None:
            self._camera = Camera(self.model, self._camera_name)
        scene = mujoco.MjData(self.model)
        mujoco.mj_setState(self.model, scene, snapshot, _STATE)
        mujoco.mj_forward(self.model, scene)
        return self._camera.picture(scene)

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None

    def vary(self, draw: Draw) -> None:
        self._plant = self._plant or MujocoPlant(self.model, self.data)
        self._plant.vary(draw)

    def push(self, speed: float, rng: np.random.Generator) -> None:
        self._plant = self._plant or MujocoPlant(self.model, self.data)
        self._plant.push(speed, self.contract.period / self.substeps, rng)

    def _substeps_of(self, contract: Contract) -> int:
        substep = self._steps_per_substep * float(self.model.opt.timestep)
        substeps = round(contract.period / substep)
        if substeps < 1 or not math.isclose(substeps * substep, contract.period, rel_tol=1e-6):
            raise WorldError(
                f"world '{contract.name}': the contract's period of {contract.period:g} s is no "
                f"whole number of {substep:g} s: {self._steps_per_substep} physics steps of "
                f"{self.model.opt.timestep:g} s. Change the model's timestep or steps_per_substep."
            )
        return substeps

    def _simulate(self) -> None:
        """Run the physics for one substep."""
        mujoco.mj_step(self.model, self.data, self._steps_per_substep)
        if self._plant is not None:
            self._plant.release()
