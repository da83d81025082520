"""Whether a recording says something of a policy: do the elements of its vectors mean the same?"""

from __future__ import annotations

from itertools import zip_longest

from ddpg_ros.contract import Contract, ObservationTerm
from ddpg_ros.errors import PolicyFileError


def check_fit(policy: Contract, recorded: Contract) -> None:
    """Raise PolicyFileError unless a policy sees and drives what the recorded one did.

    Limits, ages and topics may differ: they do not change what an element means.
    """
    for verb, ours, theirs in (
        ("sees", _seen(policy), _seen(recorded)),
        ("drives", _driven(policy), _driven(recorded)),
    ):
        for own, other in zip_longest(ours, theirs, fillvalue="nothing"):
            if own != other:
                parted = f"{verb} {own}, where the recorded one {verb} {other}"
                if policy.name != recorded.name:
                    parted = f"is for '{policy.name}', the recorded one for '{recorded.name}'"
                raise PolicyFileError(
                    f"this policy {parted}. A recording can be replayed to policies whose elements "
                    "mean the same."
                )


def _seen(contract: Contract) -> list[str]:
    return [*(_described(term) for term in contract.observation), f"{contract.history} ticks"]


def _described(term: ObservationTerm) -> str:
    """Words that are equal where the elements mean the same."""
    sources = ", ".join(f"{s.message} {s.field} ({', '.join(s.elements)})" for s in term.sources)
    return f"{term.name} [{term.unit}], {term.feature} of {sources}"


def _driven(contract: Contract) -> list[str]:
    return [
        f"{name} [{element.unit}]"
        for name, element in zip(contract.action_names, contract.actions, strict=True)
    ]
