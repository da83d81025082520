"""What a check of a live robot can find."""

from __future__ import annotations

from dataclasses import dataclass

OK = "ok"
NOT_CHECKED = "not checked"
NO_VALUE = "no value"
NEVER_MOVES = "never moves"
OUT_OF_RANGE = "out of range"
ORDER = "order"
SIGN = "sign"
UNIT = "unit"
SCALE = "scale"
SILENT = "nothing heard"
RATE = "rate"
SECOND_PUBLISHER = "second publisher"


@dataclass(frozen=True)
class Finding:
    """What a topic, a source or an element of the observation looks like.

    Args:
        where: Its name: ``joint_states``, ``joint_states.position`` or ``angles.cos(elbow)``.
        verdict: ``ok``, or what looks wrong. Of an element: ``no value`` (its source is at
            fault), ``never moves``, ``out of range``, or the guessed cause of that: ``order``,
            ``sign``, ``unit``, ``scale``. Of a topic: ``nothing heard``, ``rate``,
            ``second publisher``. Of a source: a reason of the assembler's, as ``stale``.
        sentence: The rest of it; empty where there is nothing to say. With ``ok``, what a person
            alone can tell.
    """

    where: str
    verdict: str
    sentence: str = ""

    @property
    def wrong(self) -> bool:
        """Whether a person should look at it."""
        return self.verdict not in (OK, NOT_CHECKED)

    def __str__(self) -> str:
        return f"{self.where}: {self.verdict}: {self.sentence}"
