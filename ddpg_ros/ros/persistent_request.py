"""A request to a service that may answer without being heard."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from rclpy.task import Future

_AGAIN_SECONDS = 5.0
"""A server may answer before it has discovered who asked, and then nobody hears it. Longer than
DDS takes to repair what was lost."""


class PersistentRequest:
    """Is made again and again until there is an answer.

    Where it was made more than once, each answer is awaited for as long as the first took, and some
    more: what a request that is still on its way brings about must not come later.

    Args:
        ask: Makes the request, once.
        wake: Called at each answer.
    """

    def __init__(self, ask: Callable[[], Future], wake: Callable[[], None]) -> None:
        self._ask, self._wake = ask, wake
        self._answers: list[Future] = []
        self._begun = time.monotonic()
        self._asked, self._took = -math.inf, math.inf

    def answered(self) -> bool:
        """Whether all is said; asks again where that is due."""
        now = time.monotonic()
        done = [answer.done() for answer in self._answers]
        if any(done):
            self._took = min(self._took, now - self._begun)
            return all(done) or now > self._begun + len(done) * self._took + _AGAIN_SECONDS
        if now > self._asked + _AGAIN_SECONDS:
            self._asked = now
            self._answers.append(self._ask())
            self._answers[-1].add_done_callback(lambda _: self._wake())
        return False

    def latest(self) -> Any:
        """The latest answer."""
        return next(answer for answer in reversed(self._answers) if answer.done()).result()
