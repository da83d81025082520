"""ROS 2: messages, and the controller, world and trainer nodes."""
