"""From policy file to checked actions, with onnxruntime and numpy alone."""

from ddpg_ros.deploy.core import ControlCore, Decision
from ddpg_ros.deploy.guard import Guard
from ddpg_ros.deploy.onnx_policy import OnnxPolicy
from ddpg_ros.guard_settings import GuardSettings

__all__ = ["ControlCore", "Decision", "Guard", "GuardSettings", "OnnxPolicy"]
