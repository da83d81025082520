"""An MCAP file that grows message by message, as ROS 2 and Foxglove read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mcap.well_known import MessageEncoding, Profile, SchemaEncoding
from mcap.writer import Writer

from ddpg_ros.errors import RecordingError

_CHUNK = 2**16
"""Bytes that are kept back until they can be written as one; a kill costs as many."""
_FOR_ROSBAG2 = """\
version: 4
storage_identifier: mcap
duration: {nanoseconds: 0}
starting_time: {nanoseconds_since_epoch: 0}
message_count: 0
topics_with_message_count: []
compression_format: ""
compression_mode: ""
relative_file_paths: []
"""
"""By this version rosbag2 takes the policies of a QoS for numbers; it counts the rest itself."""


class McapLog:
    """What was heard, byte for byte.

    Args:
        path: The file to make.

    Raises:
        RecordingError: It exists, or cannot be made or written to; the latter from every method.

    Attributes:
        counts: Messages by topic.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        self._topics: dict[int, str] = {}
        self._schemas: dict[str, int] = {}
        self._failed = False
        try:
            self._file = path.open("xb")
        except FileExistsError:
            raise RecordingError(f"{path}: exists already. Give another name.") from None
        except OSError as error:
            raise RecordingError(f"{path}: cannot be made ({error.strerror}).") from None
        self._writer = Writer(self._file, chunk_size=_CHUNK)
        with self._writing():
            self._writer.start(profile=Profile.ROS2, library="ddpg_ros")
            self._writer.add_metadata("rosbag2", {"serialized_metadata": _FOR_ROSBAG2})
            self._file.flush()

    def add_topic(self, name: str, kind: str, definition: str, offered_qos: str) -> int:
        """Begin a topic, and return the channel of its messages.

        Args:
            name: Absolute.
            kind: ``package/msg/Name``.
            definition: Of the kind and all it is made of.
            offered_qos: What its publishers offer, as YAML.
        """
        with self._writing():
            if kind not in self._schemas:
                schema = self._writer.register_schema(
                    kind, SchemaEncoding.ROS2, definition.encode()
                )
                self._schemas[kind] = schema
            channel = self._writer.register_channel(
                name,
                MessageEncoding.CDR,
                self._schemas[kind],
                {"offered_qos_profiles": offered_qos},
            )
        self._topics[channel], self.counts[name] = name, 0
        return channel

    def write(self, channel: int, content: bytes, nanoseconds: int) -> None:
        """Take in a message that came at ``nanoseconds`` since the epoch."""
        topic = self._topics[channel]
        with self._writing():
            self._writer.add_message(channel, nanoseconds, content, nanoseconds, self.counts[topic])
        self.counts[topic] += 1

    def flush(self) -> None:
        """Hand to the system what has been written."""
        with self._writing():
            self._file.flush()

    def close(self) -> None:
        """Write what is left and the index, unless writing has failed before."""
        if self._failed:
            with suppress(OSError):
                self._file.close()
            return
        with self._writing(), self._file:
            self._writer.finish()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._failed = True
            raise RecordingError(
                f"{self.path}: cannot be written to any more ({error.strerror}). What was written "
                "before can be read."
            ) from None
