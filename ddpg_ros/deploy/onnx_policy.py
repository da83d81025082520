"""A policy file, proved and ready to act."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else it starts a thread and writes to HOME
import onnxruntime

from ddpg_ros.contract.digest import check_seal
from ddpg_ros.contract.policy_metadata import INPUT_NAME, OUTPUT_NAME, PolicyMetadata
from ddpg_ros.deploy.onnx_graph import OnnxGraph
from ddpg_ros.errors import PolicyFileError, one_line, reason_of

_MAX_BYTES = 32 * 1024 * 1024
"""Eight million weights; onnxruntime holds each about three times while it loads."""


class OnnxPolicy:
    """Runs a policy with onnxruntime on one thread, through buffers bound once.

    Args:
        content: The bytes of a policy file.

    Raises:
        PolicyFileError: The bytes are damaged, are no policy, or do not reproduce their probes.

    Attributes:
        metadata: What the file says of itself.
        digest: Digest of the file, hexadecimal.
        largest_probe_error: Largest difference to a probe, as a fraction of the command range.
    """

    def __init__(self, content: bytes) -> None:
        self.digest = check_seal(content)
        graph = OnnxGraph(content)
        self.metadata = PolicyMetadata.from_texts(graph.texts)
        self.contract = self.metadata.contract
        sizes = (self.contract.observation_size, self.contract.action_size)
        graph.check_size(*self.metadata.probes.observations.shape)
        self._session = _open(content)
        self._check_graph(*sizes)
        self._input = np.zeros((1, sizes[0]), dtype=np.float32)
        self._output = np.zeros((1, sizes[1]), dtype=np.float32)
        self._action = self._output[0]
        self._low = self.contract.action_values("low")
        self._high = self.contract.action_values("high")
        self._binding = self._bind()
        self.largest_probe_error = self._prove()

    @staticmethod
    def load(path: str | Path) -> OnnxPolicy:
        """Read and prove a policy file.

        Raises:
            PolicyFileError: It cannot be read, or is refused; the message begins with the path.
        """
        try:
            file_path = Path(path).expanduser()
            if not stat.S_ISREG(file_path.stat().st_mode):  # a pipe would be waited for, for ever
                raise OSError(EINVAL, "it is no file")
            with file_path.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
        except (OSError, RuntimeError, ValueError) as error:  # no file, no such home, a NUL
            raise PolicyFileError(
                f"policy file {path}: cannot be read ({reason_of(error)}). "
                f"Give the path of a policy.onnx{_found_in(path)}."
            ) from None
        if len(content) > _MAX_BYTES:
            raise PolicyFileError(f"policy file {path}: is larger than {_MAX_BYTES >> 20} MiB.")
        try:
            return OnnxPolicy(content)
        except PolicyFileError as error:
            raise PolicyFileError(f"policy file {path}: {one_line(error)}") from None

    def act(self, observation: np.ndarray) -> np.ndarray:
        """The command for one observation.

        Args:
            observation: ``(n,)`` float32, SI units, as the assembler builds it.

        Returns:
            ``(m,)`` float32, SI units; the array is reused by the next call.
        """
        self._input[0] = observation
        self._session.run_with_iobinding(self._binding)
        return self._action

    def act_batch(self, observations: np.ndarray) -> np.ndarray:
        """Commands ``(batch, m)`` for observations ``(batch, n)``, SI units."""
        feed = {INPUT_NAME: np.ascontiguousarray(observations, dtype=np.float32)}
        actions: np.ndarray = self._session.run([OUTPUT_NAME], feed)[0]
        return actions

    def _check_graph(self, observation_size: int, action_size: int) -> None:
        with _refusing("read"):
            inputs = [(i.name, i.type, i.shape[1:]) for i in self._session.get_inputs()]
            outputs = [(o.name, o.type, o.shape[1:]) for o in self._session.get_outputs()]
        for got, name, size in (
            (inputs, INPUT_NAME, observation_size),
            (outputs, OUTPUT_NAME, action_size),
        ):
            if got != [(name, "tensor(float)", [size])]:
                raise PolicyFileError(
                    f"its graph has {_described(got)} where its contract asks for {name} "
                    f"[batch, {size}] in float32. Export it again with 'ddpg-ros export'."
                )

    def _bind(self) -> Any:
        binding = self._session.io_binding()
        for bind, name, array in (
            (binding.bind_input, INPUT_NAME, self._input),
            (binding.bind_output, OUTPUT_NAME, self._output),
        ):
            bind(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        return binding

    def _prove(self) -> float:
        """Replay the probes, as a batch and one by one as the controller will."""
        probes = self.metadata.probes
        with _refusing("run"):
            batch = self.act_batch(probes.observations)
            single = np.array([self.act(o).copy() for o in probes.observations])
        actions, scale = probes.actions.astype(np.float64), self._high - self._low
        errors = np.maximum(np.abs(batch - actions), np.abs(single - actions)) / scale
        worst = float(np.max(np.where(np.isnan(errors), np.inf, errors)))
        if not worst <= probes.tolerance:
            probe, element = np.unravel_index(int(np.argmax(errors)), errors.shape)
            raise PolicyFileError(
                f"it does not reproduce itself on this machine: probe {probe} of {len(errors)}, "
                f"action '{self.contract.action_names[element]}' is off by {worst:.2e} of its "
                f"range, at most {probes.tolerance:.0e} is allowed. Do not use it here; compare "
                f"onnxruntime {onnxruntime.__version__} with the one it was exported with."
            )
        return worst


def _open(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights outside the file would escape its digest: send onnxruntime where there are none.
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", os.devnull
    )
    with _refusing("load"):
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _found_in(path: str | Path) -> str:
    """The policy file of the run folder ``path``, where it is one."""
    inside = Path(path) / "policy.onnx"
    try:
        return f", as {inside}" if inside.is_file() else ""
    except (OSError, ValueError):  # such as a NUL
        return ""


@contextmanager
def _refusing(verb: str) -> Iterator[None]:
    """Turn onnxruntime's exceptions, which share no root but Exception, into a refusal."""
    try:
        yield
    except Exception as error:
        reason = one_line(error, 300)
        raise PolicyFileError(f"onnxruntime cannot {verb} it ({reason}).") from None


def _described(values: list[tuple[str, str, list[Any]]]) -> str:
    return ", ".join(f"{name} {shape} of {kind}" for name, kind, shape in values) or "nothing"
