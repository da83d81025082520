"""A study in a YAML file, the package's own or a user's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.presets import preset_for
from ddpg_ros.learning.shipped import shipped_files
from ddpg_ros.learning.study.study import FIXED, Study, Variant, check_free, make_variant
from ddpg_ros.worlds import ROS, make_world
from ddpg_ros.yaml_reading import read_yaml

KEYS: dict[str, type | tuple[type, ...]] = {
    "question": str,
    "world": str,
    "contract": str,
    "preset": str,
    "held": dict,
    "vary": dict,
    "variants": dict,
    "seeds": int,
    "steps": int,
    "minutes": (int, float),
}
"""What a study file may say, and of which kind it is."""

_NAMES = {str: "a text", dict: "'name: value' lines", int: "a whole number"}
_NEEDED = ("question", "world", "seeds", "steps")


def shipped_studies() -> dict[str, Path]:
    """The studies that come with the package: their files by name."""
    return shipped_files("studies")


def find_study(name: str) -> Study:
    """The study of that name, or in the YAML file at that path.

    Raises:
        ConfigError: There is none, or its file is wrong.
    """
    shipped = shipped_studies()
    if name in shipped:
        return read_study(shipped[name])
    own = Path(name)
    if own.suffix in (".yaml", ".yml"):
        if own.stem in shipped and own.resolve() != shipped[own.stem].resolve():
            raise ConfigError(
                f"study file {own}: '{own.stem}' is a study of the package, and results of the one "
                "would overwrite those of the other. Give the file another name."
            )
        return read_study(own)
    raise ConfigError(
        f"no study is called '{name}'. Known: {', '.join(shipped)}. A study of yours is a file "
        "whose name ends in .yaml."
    )


def read_study(path: Path) -> Study:
    """The study in a file, called as the file is.

    Raises:
        ConfigError: It cannot be read, or something in it is wrong.
    """
    try:
        return _study(path, read_yaml(path))
    except ConfigError as error:
        raise ConfigError(f"study file {path}: {error}") from None


def _study(path: Path, content: Any) -> Study:
    content = _checked(content)
    world = content["world"]
    if world == ROS:
        raise ConfigError("world 'ros': is one robot, and trainings run side by side.")
    contract = content.get("contract", "")
    contract_file = str(path.parent / contract) if contract else ""
    base = preset_for(world, content.get("preset", ""))
    values = content.get("held", {})
    check_free(values)
    try:
        held = DdpgConfig.from_dict({**values, **FIXED, "total_steps": content["steps"]}, base)
    except ConfigError:
        # A preset is chosen by the world's name: one that is mistyped is what is wrong first.
        make_world(world, contract_file).close()
        raise
    vary, variants = content.get("vary", {}), content.get("variants", {})
    return Study(
        name=path.stem,
        question=" ".join(content["question"].split()),
        world=world,
        contract_file=contract_file,
        varies=next(iter(vary), ""),
        variants=_one_varies(vary, held) if vary else _named(variants, held),
        seeds=content["seeds"],
        minutes=float(content.get("minutes", 0)),
    )


def _checked(content: Any) -> dict[str, Any]:
    """The same, if every key is known, of its kind, and there where it must be."""
    if not isinstance(content, dict):
        raise ConfigError(f"expected 'name: value' lines: {', '.join(KEYS)}.")
    for key, value in content.items():
        if key not in KEYS:
            raise ConfigError(f"no key is called '{key}'. Known: {', '.join(KEYS)}.")
        kind = KEYS[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ConfigError(f"{key}: expected {_NAMES.get(kind, 'a number')}, got {value!r}.")  # type: ignore[arg-type]
    missing = [key for key in _NEEDED if key not in content]
    if missing:
        raise ConfigError(f"lacks {', '.join(missing)}.")
    if bool(content.get("vary")) == bool(content.get("variants")):
        raise ConfigError(
            "expected either 'vary', one hyperparameter and a list of its values, or 'variants', "
            "a name and hyperparameters for each."
        )
    return content


def _one_varies(vary: dict[Any, Any], held: DdpgConfig) -> tuple[Variant, ...]:
    if len(vary) != 1:
        raise ConfigError(
            f"vary: expected one hyperparameter, got {', '.join(map(str, vary))}. Where several "
            "differ, name 'variants'."
        )
    ((name, values),) = vary.items()
    if not isinstance(values, list):
        raise ConfigError(f"vary: {name}: expected a list of values, got {values!r}.")
    variants = (make_variant("", {name: value}, held) for value in values)
    return tuple(Variant(f"{name} {_text(getattr(v.config, name))}", v.config) for v in variants)


def _named(variants: dict[Any, Any], held: DdpgConfig) -> tuple[Variant, ...]:
    made = []
    for name, values in variants.items():
        if not isinstance(name, str):
            raise ConfigError(f"variant {name!r}: expected a text; put its name into quotes.")
        if not isinstance(values, dict):
            raise ConfigError(f"variant '{name}': expected hyperparameters, got {values!r}.")
        try:
            made.append(make_variant(name, values, held))
        except ConfigError as error:
            raise ConfigError(f"variant '{name}': {error}") from None
    return tuple(made)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
