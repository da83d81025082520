"""YAML files that people write, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ddpg_ros.errors import ConfigError, one_line


def read_yaml(path: str | Path) -> Any:
    """What a YAML file holds.

    Raises:
        ConfigError: It cannot be read or is not YAML; the message goes on where a path ended.
    """
    try:
        return yaml.load(Path(path).read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        reason = "is not text"
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = f"is not YAML ({_where(error)})"
    raise ConfigError(f"{reason}. Give the path of a YAML file.")


class _Loader(yaml.SafeLoader):
    """Refuses what says something twice, of which YAML would take the last."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        known: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in known:
                    raise yaml.composer.ComposerError(
                        problem=f"'{key.value}' is there twice", problem_mark=key.start_mark
                    )
                known.add((key.tag, key.value))
        return node


def _where(error: Exception) -> str:
    """Line and complaint, without the excerpt that PyYAML adds."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark and problem else one_line(error)
