"""What may be wrong with a tick: each check looks for one thing and says it in a sentence."""

from ddpg_ros.deploy.checks.check import Check, Response, Tick
from ddpg_ros.deploy.checks.standard import StandardChecks

__all__ = ["Check", "Response", "StandardChecks", "Tick"]
