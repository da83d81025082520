"""The yardsticks of ``control_latency``: a controller as people write it with rclpy.

``python plain_controller.py torch policy.pt RATE`` or ``... onnxruntime policy.onnx RATE``. The
latest joint states are kept by a subscription; a timer runs the policy on them. No contract, checks
or diagnostics; default executor, default quality of service, default threads.
"""

import contextlib
import sys

import numpy as np
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray

JOINTS = [f"joint_{index}" for index in range(7, 13)]


class TorchPolicy:
    """The network in torch, without gradients."""

    def __init__(self, path: str) -> None:
        import torch
        from torch import nn

        self.torch = torch
        self.network = nn.Sequential(
            nn.Linear(2 * len(JOINTS), 256),
            nn.ReLU(),
            nn.Linear(256, 256),
            nn.ReLU(),
            nn.Linear(256, len(JOINTS)),
            nn.Tanh(),
        )
        self.network.load_state_dict(torch.load(path))
        self.network.eval()

    def __call__(self, observation: np.ndarray) -> np.ndarray:
        with self.torch.no_grad():
            action = self.network(self.torch.from_numpy(observation).unsqueeze(0))
        return action.squeeze(0).numpy()


class OnnxruntimePolicy:
    """The network in onnxruntime, with the options it comes with."""

    def __init__(self, path: str) -> None:
        import onnxruntime

        self.session = onnxruntime.InferenceSession(path)
        self.input_name = self.session.get_inputs()[0].name

    def __call__(self, observation: np.ndarray) -> np.ndarray:
        return self.session.run(None, {self.input_name: observation[None]})[0][0]


class PlainController(Node):
    """Subscription, timer, policy, publisher."""

    def __init__(self, policy: TorchPolicy | OnnxruntimePolicy, rate: float) -> None:
        super().__init__("plain_controller")
        self.policy = policy
        self.joint_states = None
        self.indices: list[int] = []
        self.create_subscription(JointState, "joint_states", self.on_joint_states, 10)
        self.commands = self.create_publisher(Float64MultiArray, "commands", 10)
        self.create_timer(1 / rate, self.on_timer)

    def on_joint_states(self, message: JointState) -> None:
        self.joint_states = message

    def on_timer(self) -> None:
        message = self.joint_states
        if message is None:
            return
        if not self.indices:
            self.indices = [message.name.index(joint) for joint in JOINTS]
        observation = np.array(
            [message.position[i] for i in self.indices]
            + [message.velocity[i] for i in self.indices],
            dtype=np.float32,
        )
        self.commands.publish(Float64MultiArray(data=self.policy(observation).tolist()))


def main() -> None:
    """Control until interrupted."""
    library, path, rate = sys.argv[1:]
    policy = TorchPolicy(path) if library == "torch" else OnnxruntimePolicy(path)
    rclpy.init()
    with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):
        rclpy.spin(PlainController(policy, float(rate)))


if __name__ == "__main__":
    main()
