"""``python -m ddpg_ros.cli``."""

import sys

from ddpg_ros.cli.programs import ddpg_ros

sys.exit(ddpg_ros())
