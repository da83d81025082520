"""Ranges in a YAML file; delays may come from what a controller measured on its robot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ddpg_ros.contract import Contract
from ddpg_ros.errors import ConfigError
from ddpg_ros.worlds.randomisation import Randomisation
from ddpg_ros.yaml_reading import read_yaml

DELAYS_FROM = "delays_from"
"""The key that names a timing file, relative to the folder of the file it stands in."""

_LOW, _HIGH = "p1", "p99"
"""The percentiles that a range of delays lies between."""


def read_randomisation(path: str | Path, contract: Contract) -> Randomisation:
    """Read ranges from a file of ``name: value`` and ``name: [low, high]``.

    ``delays_from`` sets the ranges of both delays; one that is written out wins over it.

    Args:
        path: The YAML file.
        contract: Of the world that the ranges are for.

    Raises:
        ConfigError: A file cannot be read, or a name or value in it is wrong.
    """
    try:
        values = read_yaml(path)
        if not (isinstance(values, dict) and values):
            found = "nothing" if not values else f"a {type(values).__name__}"
            raise ConfigError(f"expected 'name: [low, high]' lines, got {found}.")
        timing = values.pop(DELAYS_FROM, "")
        measured = measured_delays(Path(path).parent / str(timing), contract) if timing else {}
        return Randomisation.from_dict({**measured, **values})
    except ConfigError as error:
        raise ConfigError(f"randomisation file {path}: {error}") from None


def find_ranges(path: str, texts: Sequence[str], contract: Contract) -> Randomisation:
    """The ranges of the file at ``path``, if it is not empty, with those of ``texts`` in them.

    Args:
        path: As :func:`read_randomisation` takes it.
        texts: As :meth:`Randomisation.from_texts` takes them.
        contract: Of the world that the ranges are for.
    """
    base = read_randomisation(path, contract) if path else Randomisation()
    return Randomisation.from_texts(texts, base)


def measured_delays(path: Path, contract: Contract) -> dict[str, list[float]]:
    """The ranges of the delays that a controller wrote to its ``timing_file``.

    Readings are as old as those of the sensor that keeps the policy waiting longest; an action
    takes effect when the command has left the controller.

    Args:
        path: The timing file.
        contract: Of the world.

    Raises:
        ConfigError: It cannot be read, is no timing file, or another robot's.
    """
    try:
        content = _read_json(path)
        ages = max(content["input_age"].values(), key=lambda age: float(age["p50"]))
        spans = {"observation_delay": ages, "action_delay": content["busy"]}
        delays = {name: _in_periods(span, contract.period) for name, span in spans.items()}
        robot = content["policy"]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else "it is no timing file"
        raise _useless(path, reason) from None
    if robot != contract.name:
        raise ConfigError(
            f"timing file {path}: was measured with a policy of '{robot}'; expected one of "
            f"'{contract.name}'."
        )
    return delays


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _useless(path, str(error.strerror)) from None
    except (ValueError, RecursionError):
        raise _useless(path, "it is no JSON") from None


def _useless(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        f"timing file {path}: cannot be used ({reason}). Have ddpg_controller write one: its "
        "parameter timing_file."
    )


def _in_periods(percentiles: dict[str, Any], period: float) -> list[float]:
    return [max(0.0, float(percentiles[key])) / period for key in (_LOW, _HIGH)]
