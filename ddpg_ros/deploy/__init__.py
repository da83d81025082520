"""From policy file to checked actions, with onnxruntime and numpy alone."""

from ddpg_ros.deploy.core import ControlCore, Decision
from ddpg_ros.deploy.guard import Guard
from ddpg_ros.deploy.guard_settings import GuardSettings
from ddpg_ros.deploy.onnx_policy import OnnxPolicy

__all__ = ["ControlCore", "Decision", "Guard", "GuardSettings", "OnnxPolicy"]
