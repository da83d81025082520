"""The digest a policy file carries of its own bytes, checked without reading the format."""

from __future__ import annotations

import hashlib

from ddpg_ros.errors import PolicyFileError

_PREFIX = b"ddpg_ros.sha256:"
_DIGITS = 64
BLANK_DIGEST = (_PREFIX + b"0" * _DIGITS).decode()
"""What the exporter writes into the file before it knows the digest."""


def seal(content: bytes) -> bytes:
    """Fill in the digest of ``content``, which carries :data:`BLANK_DIGEST` once."""
    start = _digits_start(content)
    digits = _digest(content, start).encode()
    return content[:start] + digits + content[start + _DIGITS :]


def check_seal(content: bytes) -> str:
    """Check that ``content`` is what was sealed, to the bit; returns the digest's digits.

    The digest finds accidents. It is no signature: whoever can write the file can seal it anew.

    Raises:
        PolicyFileError: There is no digest, or it belongs to other bytes.
    """
    start = _digits_start(content)
    written = content[start : start + _DIGITS]
    computed = _digest(content, start)
    if written != computed.encode():
        raise PolicyFileError(
            "its digest does not match its bytes: the file was damaged or changed after export. "
            "Copy it again, or export it again with 'ddpg-ros export'."
        )
    return computed


def _digits_start(content: bytes) -> int:
    if content.count(_PREFIX) != 1:
        raise PolicyFileError(
            "it carries no ddpg_ros digest, so it is not a policy file, or a damaged or cut-off "
            "one. Export it again with 'ddpg-ros export'."
        )
    return content.index(_PREFIX) + len(_PREFIX)


def _digest(content: bytes, start: int) -> str:
    view = memoryview(content)
    blanked = hashlib.sha256(view[:start])
    blanked.update(b"0" * _DIGITS)
    blanked.update(view[start + _DIGITS :])
    return blanked.hexdigest()
