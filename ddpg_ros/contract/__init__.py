"""What a policy reads and drives, and how readings become its observation. numpy alone."""

from ddpg_ros.contract.action import ActionElement, Command
from ddpg_ros.contract.assembler import Assembler, Fault
from ddpg_ros.contract.chain import Hinge
from ddpg_ros.contract.contract import SCHEMA, Contract
from ddpg_ros.contract.differences import differences
from ddpg_ros.contract.features import (
    CosSin,
    Feature,
    Goal,
    Identity,
    ProjectedGravity,
)
from ddpg_ros.contract.generic import generic_contract
from ddpg_ros.contract.limits import CommandLimiter
from ddpg_ros.contract.observation import ObservationTerm
from ddpg_ros.contract.readings import Reading
from ddpg_ros.contract.scan import MinPool
from ddpg_ros.contract.source import Source
from ddpg_ros.contract.tool_to_goal import ToolToGoal

__all__ = [
    "SCHEMA",
    "ActionElement",
    "Assembler",
    "Command",
    "CommandLimiter",
    "Contract",
    "CosSin",
    "Fault",
    "Feature",
    "Goal",
    "Hinge",
    "Identity",
    "MinPool",
    "ObservationTerm",
    "ProjectedGravity",
    "Reading",
    "Source",
    "ToolToGoal",
    "differences",
    "generic_contract",
]
