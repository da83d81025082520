"""The messages of an MCAP file, read without ROS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from mcap.exceptions import InvalidMagic, RecordLengthLimitExceeded
from mcap.records import Channel, Message, Schema
from mcap.stream_reader import StreamReader
from mcap_ros2.decoder import DecoderFactory

from ddpg_ros.errors import RecordingError, one_line


@dataclass(frozen=True)
class RecordedMessage:
    """One message.

    Args:
        topic: Absolute.
        kind: ``package/msg/Name``.
        time: When it was recorded [s since the epoch].
        decode: The message, by the definition in the file.
    """

    topic: str
    kind: str
    time: float
    decode: Callable[[], Any]


class McapMessages:
    """Goes through a file from its beginning, and needs neither its index nor its end.

    Args:
        path: The file.

    Attributes:
        cut_off: Whether the file turned out to lack its end, as a kill leaves it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.cut_off = False

    def __iter__(self) -> Iterator[RecordedMessage]:
        """Every message, in the order of writing.

        Raises:
            RecordingError: The file cannot be read, is no MCAP file or is damaged.
        """
        try:
            with self._path.open("rb") as file:
                yield from self._messages(file)
        except OSError as error:
            raise RecordingError(f"cannot be read ({error.strerror}).") from None

    def _messages(self, file: IO[bytes]) -> Iterator[RecordedMessage]:
        schemas: dict[int, Schema] = {}
        channels: dict[int, Channel] = {}
        decoders = DecoderFactory()
        for record in self._records(file):
            if isinstance(record, Schema):
                schemas[record.id] = record
            elif isinstance(record, Channel):
                channels[record.id] = record
            elif isinstance(record, Message):
                channel = channels[record.channel_id]
                schema = schemas.get(channel.schema_id)
                yield RecordedMessage(
                    channel.topic,
                    schema.name if schema else "",
                    1e-9 * record.log_time,
                    partial(_decoded, decoders, channel, schema, record),
                )

    def _records(self, file: IO[bytes]) -> Iterator[Any]:
        """Schemas, channels, messages and what else there is."""
        size = self._path.stat().st_size
        records = iter(StreamReader(file, validate_crcs=True, record_size_limit=size).records)
        while True:
            try:
                record = next(records, None)
            except Exception as error:  # of mcap, struct, zlib, zstandard and lz4
                longer = isinstance(error, RecordLengthLimitExceeded)
                if longer or 0 < size == file.tell():
                    self.cut_off = True
                    return
                if size == 0:
                    raise RecordingError("is empty.") from None
                if isinstance(error, InvalidMagic):
                    raise RecordingError(
                        "is no MCAP file. Give what 'ddpg-ros record' or 'ros2 bag' wrote."
                    ) from None
                raise RecordingError(
                    f"is damaged at byte {file.tell()} ({one_line(error)}). "
                    "'mcap recover' of the MCAP command line saves what can be read."
                ) from None
            if record is None:
                return
            yield record


def _decoded(
    decoders: DecoderFactory, channel: Channel, schema: Schema | None, record: Message
) -> Any:
    try:
        decode = decoders.decoder_for(channel.message_encoding, schema)
        if decode is None:
            raise ValueError(f"encoding {channel.message_encoding} with such a schema")
        return decode(record.data)
    except Exception as error:  # of mcap_ros2 and struct
        raise RecordingError(
            f"a message on {channel.topic} cannot be decoded ({one_line(error)})."
        ) from None
