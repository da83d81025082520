"""Every error a user can cause. Each message says what, expected, got, and what to do."""

from collections.abc import Mapping
from typing import Any

USER_ERROR = 2
"""Exit code of a process that ends by one of these."""

STOPPED = 130
"""Exit code of what was asked to stop before it was done."""


def reason_of(error: Exception) -> object:
    """Why something failed: what the system says, where it does; else what the error says."""
    return getattr(error, "strerror", None) or error


def one_line(error: object, longest: int = 600) -> str:
    """What an error says, fit for a terminal: one line, printable, no longer than a paragraph.

    Whoever wrote a damaged file chose some of the words in the error about it.
    """
    line = " ".join(str(error)[: 2 * longest].split())[:longest]
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


class DdpgRosError(Exception):
    """Root of the package's errors: catch this one to catch them all."""


class ContractError(DdpgRosError):
    """A contract is malformed, or does not fit what it is used with."""


class PolicyFileError(DdpgRosError):
    """A policy file cannot be read, or fails to prove itself."""


class ConfigError(DdpgRosError):
    """A hyperparameter, command-line argument or ROS parameter has no meaning."""


class WorldError(DdpgRosError):
    """A simulated world is unknown, or cannot be used as asked."""


class WorldStalled(WorldError):
    """A world outside this process no longer answers."""


class CheckpointError(DdpgRosError):
    """A checkpoint cannot be read, or belongs to another run."""


class RecordingError(DdpgRosError):
    """A recording cannot be written or read, or says nothing of a policy."""


class PartnerLost(DdpgRosError):
    """The second process of a training ended before the training did."""


class TrainingDiverged(DdpgRosError):
    """A number that must be finite is not; the run stops with its last checkpoint kept.

    Args:
        message: What is not finite, and what to try.
        batch: The arrays in which it happened, by name.
    """

    def __init__(self, message: str, batch: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.batch = dict(batch or {})
