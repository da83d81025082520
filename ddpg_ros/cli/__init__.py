"""``ddpg-ros VERB``: the same verbs as under ``ros2 run ddpg_ros``, for a machine without ROS."""
