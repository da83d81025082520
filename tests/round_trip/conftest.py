"""A graph that the nodes of one test have to themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ddpg_ros.ros.domain import OwnDomain


@pytest.fixture
def alone() -> Iterator[dict[str, str]]:
    """An environment whose nodes hear each other and nobody else."""
    with OwnDomain() as domain:
        yield os.environ | domain.environment
