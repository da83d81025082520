"""The yardstick of ``deploy_footprint``: the least a node that runs a policy can be.

It loads the graph with onnxruntime and answers every JointState with a command, without contract,
proof, checks or diagnostics.
"""

import contextlib
import sys

import numpy as np
import onnxruntime
import rclpy
from rclpy.executors import ExternalShutdownException
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
rclpy.init()
node = rclpy.create_node("bare")
commands = node.create_publisher(Float64MultiArray, "commands", 1)


def answer(message: JointState) -> None:
    """One inference for one message."""
    observation = np.array([[np.cos(message.position[0]), 0.0, message.velocity[0]]], np.float32)
    action = session.run(None, {"observation": observation})[0]
    commands.publish(Float64MultiArray(data=action[0].tolist()))


node.create_subscription(JointState, "joint_states", answer, 1)
with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):
    rclpy.spin(node)
