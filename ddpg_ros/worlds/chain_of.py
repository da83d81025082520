"""The chain of hinges in a MuJoCo model, as a contract holds it."""

from __future__ import annotations

import math

import mujoco
import numpy as np

from ddpg_ros.contract import Hinge
from ddpg_ros.errors import WorldError

_DIGITS = 12
"""Kept after the point; the rest of a number is rounding."""


def chain_of(model: mujoco.MjModel, site: str) -> tuple[tuple[Hinge, ...], tuple[float, ...]]:
    """The hinges between the world's frame and a site, and the site in the last one's frame [m].

    Args:
        model: The robot's model.
        site: The site's name.

    Raises:
        WorldError: There is no such site, or something other than single hinges carries it.
    """
    index = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, site)
    if index < 0:
        known = ", ".join(model.site(i).name for i in range(model.nsite)) or "none"
        raise WorldError(f"the model has no site '{site}'. Known: {known}.")
    hinges = []
    frame = np.eye(4)
    for body in _path(model, int(model.site_bodyid[index])):
        frame = frame @ _placed(model.body_pos[body], model.body_quat[body])
        if model.body_jntnum[body] == 0:
            continue
        hinge, anchor = _hinge(model, body, frame)
        hinges.append(hinge)
        frame = _placed(-anchor)
    tip = frame @ [*model.site_pos[index], 1.0]
    return tuple(hinges), _rounded(tip[:3])


def _path(model: mujoco.MjModel, body: int) -> list[int]:
    """The bodies from the one on the world to ``body``."""
    path = []
    while body:
        path.append(body)
        body = int(model.body_parentid[body])
    return path[::-1]


def _hinge(model: mujoco.MjModel, body: int, frame: np.ndarray) -> tuple[Hinge, np.ndarray]:
    """The hinge of a body that lies at ``frame``, and where in the body it is."""
    joint = int(model.body_jntadr[body])
    single = model.body_jntnum[body] == 1
    if not single or model.jnt_type[joint] != mujoco.mjtJoint.mjJNT_HINGE:
        raise WorldError(
            f"body '{model.body(body).name}' is not carried by one hinge; a chain is of hinges."
        )
    if model.qpos0[model.jnt_qposadr[joint]] != 0.0:
        raise WorldError(
            f"joint '{model.joint(joint).name}' has a ref; a chain's angles count from its body."
        )
    anchor = model.jnt_pos[joint]
    place = frame @ _placed(anchor)
    rpy = (
        math.atan2(place[2, 1], place[2, 2]),
        math.atan2(-place[2, 0], math.hypot(place[2, 1], place[2, 2])),
        math.atan2(place[1, 0], place[0, 0]),
    )
    name, axis = model.joint(joint).name, model.jnt_axis[joint]
    return Hinge(name, _rounded(place[:3, 3]), _rounded(rpy), _rounded(axis)), anchor


def _placed(position: np.ndarray, quaternion: np.ndarray | None = None) -> np.ndarray:
    """Where something lies, ``(4, 4)``; MuJoCo's quaternions are w, x, y, z."""
    frame = np.eye(4)
    if quaternion is not None:
        turned = np.empty(9)
        mujoco.mju_quat2Mat(turned, quaternion)
        frame[:3, :3] = turned.reshape(3, 3)
    frame[:3, 3] = position
    return frame


def _rounded(values: np.ndarray | tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(float(value), _DIGITS) + 0.0 for value in values)
