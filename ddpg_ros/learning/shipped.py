"""YAML files that come with the package, in its checkout or in the share folder it was put in."""

from __future__ import annotations

from pathlib import Path

_IN_SHARE = Path("share/ddpg_ros/config")
_IN_CHECKOUT = Path("config")


def shipped_files(folder: str) -> dict[str, Path]:
    """The files of ``config/FOLDER`` by name, without ``.yaml``; none if they are not there."""
    here = Path(__file__).resolve()
    roots = (here.parents[2] / _IN_CHECKOUT, *(parent / _IN_SHARE for parent in here.parents))
    for root in roots:
        found = {path.stem: path for path in sorted((root / folder).glob("*.yaml"))}
        if found:
            return found
    return {}
