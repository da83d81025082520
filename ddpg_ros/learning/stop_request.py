"""How a run is asked to stop."""

from __future__ import annotations


class StopRequest:
    """Set from a signal handler, a service or another thread; the loop looks every step."""

    def __init__(self) -> None:
        self._stop = False
        self.checkpoint = False

    def ask(self) -> None:
        """End the run at the next step, with a checkpoint."""
        self._stop = True

    def requested(self) -> bool:
        """Whether the run shall end now."""
        return self._stop
