"""A ROS domain of one's own: nodes of two runs on one machine must not hear each other."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from pathlib import Path
from types import TracebackType

from ddpg_ros.errors import DdpgRosError

DOMAINS = range(1, 101)
"""Those whose ports lie below the ones that Linux hands out, without 0, where everybody is."""

_PARTICIPANTS = 32
"""Of one machine and domain that can find each other without multicast."""


class OwnDomain:
    """A domain in which nobody else on this machine is, until it is closed or this process ends.

    Whoever takes one in this way holds a lock, which ends with its process; others are found by
    the ports on which participants of a domain listen (DDSI-RTPS 2.5, 9.6.2).

    Raises:
        DdpgRosError: All are taken.

    Attributes:
        number: For ``ROS_DOMAIN_ID``.
        environment: What keeps nodes in it, on this machine.
    """

    def __init__(self) -> None:
        first = os.getpid()
        for offset in range(len(DOMAINS)):
            self.number = DOMAINS[(first + offset) % len(DOMAINS)]
            lock = _lock(self.number)
            if lock is not None:
                self._lock = lock
                self.environment = {"ROS_DOMAIN_ID": str(self.number), **_loopback()}
                return
        raise DdpgRosError(
            f"ROS domains {DOMAINS[0]} to {DOMAINS[-1]}: expected one without nodes of others on "
            "this machine, got none. Stop nodes that are no longer needed."
        )

    def close(self) -> None:
        """Let others have it."""
        os.close(self._lock)

    def __enter__(self) -> OwnDomain:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _loopback() -> dict[str, str]:
    """What keeps nodes on this machine.

    Of ``LOCALHOST`` Fast DDS makes shared memory too, whatever its own settings say. What a killed
    process leaves there can crash who opens it next (Fast-DDS#6501), so Fast DDS has a profile.
    """
    if "fastrtps" not in os.environ.get("RMW_IMPLEMENTATION", "rmw_fastrtps_cpp"):
        return {"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    profile = str(Path(__file__).with_name("loopback.xml"))
    names = ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")  # 2.x, 3.x
    return {"ROS_AUTOMATIC_DISCOVERY_RANGE": "SYSTEM_DEFAULT", **dict.fromkeys(names, profile)}


def _lock(domain: int) -> int | None:
    """A file that holds the lock of ``domain``; None where the domain is taken."""
    path = Path(tempfile.gettempdir()) / f"ddpg_ros_domain_{domain}"
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        return None  # another user's
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for participant in range(_PARTICIPANTS):
            _bind(7410 + 250 * domain + 2 * participant)
    except OSError:
        os.close(file)
        return None
    return file


def _bind(port: int) -> None:
    """Fails where somebody listens on ``port``."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("", port))
