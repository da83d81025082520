"""Memory that an update frees is there for the next."""

from __future__ import annotations

import platform
import resource

import pytest
import torch

from ddpg_ros.learning.compute.allocation import keep_freed_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs the settings of glibc")
def test_what_was_freed_is_not_fetched_again_page_by_page() -> None:
    keep_freed_memory()
    torch.ones(1 << 19)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(100):
        torch.ones(1 << 19)
    pages = 100 * (4 << 19) // resource.getpagesize()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < pages / 50


def test_it_may_be_asked_for_anywhere_and_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_freed_memory()
    monkeypatch.setattr("sys.platform", "darwin")
    keep_freed_memory()
