"""What every MuJoCo world shares: a model, its data, and a camera."""

from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np

from ddpg_ros.contract import Contract
from ddpg_ros.worlds.camera import Camera
from ddpg_ros.worlds.mujoco_plant import MujocoPlant
from ddpg_ros.worlds.randomisation import Draw
from ddpg_ros.worlds.world import World

_MODELS = Path(__file__).parent / "models"
_STATE = mujoco.mjtState.mjSTATE_INTEGRATION


class MujocoWorld(World):
    """A world whose plant is a MuJoCo model.

    Args:
        model_file: Name of a file in ``worlds/models``, or a path.
        contract: What a policy reads and drives here; its period is a multiple of the timestep.
        steps_per_substep: Physics steps after which new readings are there.
        camera: Name of the model's camera that films it.
    """

    def __init__(
        self,
        model_file: str | Path,
        contract: Contract,
        steps_per_substep: int,
        camera: str = "film",
    ) -> None:
        self.model = mujoco.MjModel.from_xml_path(str(_MODELS / model_file))
        self.data = mujoco.MjData(self.model)
        self._plant: MujocoPlant | None = None
        self._steps_per_substep = steps_per_substep
        self._camera_name = camera
        self._camera: Camera | None = None
        steps = round(contract.period / self.model.opt.timestep)
        super().__init__(contract, substeps=steps // steps_per_substep)

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

    def _simulate(self) -> None:
        """Run the physics for one substep."""
        mujoco.mj_step(self.model, self.data, self._steps_per_substep)
        if self._plant is not None:
            self._plant.release()
