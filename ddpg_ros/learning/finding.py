"""What a person who watches a run is told."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ddpg_ros.learning.remedies import DOCS


@dataclass(frozen=True)
class Finding:
    """Something a person who watches a run should know.

    Args:
        step: When it was found.
        sign: Its name; also that of its section in the documentation.
        seen: What was measured, a sentence.
        means: What that usually means, a sentence.
        remedy: What to try, a sentence.
    """

    step: int
    sign: str
    seen: str
    means: str
    remedy: str

    @property
    def docs(self) -> str:
        """Where to read on."""
        return f"{DOCS}#{self.sign}"

    def __str__(self) -> str:
        return f"{self.sign}: {self.seen} {self.means} {self.remedy} See {self.docs}."

    def to_dict(self) -> dict[str, object]:
        """JSON values."""
        return {**asdict(self), "docs": self.docs}
