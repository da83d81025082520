"""Protocol Buffers' wire format, as far as an ONNX file uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ddpg_ros.errors import PolicyFileError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

_MAX_FIELDS = 100_000
"""In one file; a policy has a few dozen a layer. More would only take time to read."""

_LONGEST_VARINT = 10


class ProtobufReader:
    """Splits messages into fields, and refuses what is malformed or not asked for.

    A reader that skips what it does not know and another that knows it see two different files, so
    nothing is skipped here.
    """

    def __init__(self) -> None:
        self._left = _MAX_FIELDS

    def fields(
        self, message: memoryview, what: str, known: Mapping[int, tuple[int, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Number and value of each field: a whole number, or the bytes of anything else.

        Args:
            message: The bytes of the message.
            what: How an error calls it.
            known: Wire types allowed, by number of the field.

        Raises:
            PolicyFileError: The message is malformed or has a field that is not known.
        """
        position = 0
        while position < len(message):
            self._count()
            tag, position = _varint(message, position)
            number, wire_type = tag >> 3, tag & 7
            if wire_type not in known.get(number, ()):
                raise PolicyFileError(
                    f"it is no ONNX file, or has a part that no policy needs: field {number} of "
                    f"wire type {wire_type} in {what}. Export it with 'ddpg-ros export'."
                )
            if wire_type == VARINT:
                value, position = _varint(message, position)
                yield number, value
                continue
            size = {FIXED32: 4, FIXED64: 8}.get(wire_type)
            if size is None:
                size, position = _varint(message, position)
            if size > len(message) - position:
                raise _malformed()
            yield number, message[position : position + size]
            position += size

    def numbers(self, packed: memoryview) -> Iterator[int]:
        """The whole numbers of a packed field."""
        position = 0
        while position < len(packed):
            self._count()
            number, position = _varint(packed, position)
            yield number

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise PolicyFileError(f"it has more than {_MAX_FIELDS} parts; no policy needs so many.")


def text(value: memoryview) -> str:
    """The text in a field.

    Raises:
        PolicyFileError: It is not UTF-8.
    """
    try:
        return str(value, "utf-8")
    except UnicodeDecodeError as error:
        raise PolicyFileError(f"a text in it is not UTF-8 ({error.reason}).") from None


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(message[position : position + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, position + place + 1
    raise _malformed()


def _malformed() -> PolicyFileError:
    return PolicyFileError(
        "it is not a sound ONNX file: its parts do not fit into each other. "
        "Give the path of a policy.onnx, or export it again with 'ddpg-ros export'."
    )
