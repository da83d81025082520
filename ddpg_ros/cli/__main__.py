"""``python -m ddpg_ros.cli``."""

import sys

from ddpg_ros.cli.main import main

sys.exit(main())
