"""Which arithmetic and how many cores an update uses follows from its size and where it runs."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from small_ddpg import batch, make, updated

from ddpg_ros.learning.compute import precision
from ddpg_ros.learning.compute.precision import can_share_memory, operand_type, update_cores
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
LARGE: list[dict[str, Any]] = [
    {"batch_size": 256, "hidden_sizes": (128, 128)},
    {"batch_size": 128, "hidden_sizes": (8, 256, 128, 8)},
]
SMALL: list[dict[str, Any]] = [
    {"batch_size": 255, "hidden_sizes": (128, 128)},
    {"batch_size": 256, "hidden_sizes": (128, 127)},
    {"batch_size": 256, "hidden_sizes": (65536,)},
    {"batch_size": 256, "hidden_sizes": ()},
]
NARROW_UPDATE = """
from small_ddpg import batch, make, updated
print(updated(make(precision="bfloat16"), batch()).critic_loss)
"""


def have_narrow_products(patch: pytest.MonkeyPatch, narrow: bool) -> None:
    patch.setattr(precision, "_cpu_has_narrow_products", lambda: narrow)


def have_cores(patch: pytest.MonkeyPatch, count: int) -> None:
    patch.setattr(os, "sched_getaffinity", lambda process: set(range(count)))


@pytest.mark.parametrize("options", LARGE, ids=str)
def test_large_products_are_narrow_on_a_cpu_that_has_them(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = DdpgConfig(**options)
    have_narrow_products(monkeypatch, True)
    assert operand_type(config, CPU) == torch.bfloat16
    assert operand_type(config, CUDA) == torch.float32
    have_narrow_products(monkeypatch, False)
    assert operand_type(config, CPU) == torch.float32


@pytest.mark.parametrize("options", SMALL, ids=str)
def test_small_products_keep_all_digits(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    have_narrow_products(monkeypatch, True)
    assert operand_type(DdpgConfig(**options), CPU) == torch.float32


@pytest.mark.parametrize("device", [CPU, CUDA], ids=str)
@pytest.mark.parametrize("narrow", [True, False])
@pytest.mark.parametrize("options", [LARGE[0], SMALL[0]], ids=["large", "small"])
def test_a_precision_that_is_asked_for_is_used(
    options: dict[str, Any], narrow: bool, device: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_narrow_products(monkeypatch, narrow)
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        assert operand_type(DdpgConfig(precision=name, **options), device) == dtype


@pytest.mark.parametrize(
    ("content", "narrow"),
    [
        ("flags : fpu avx512f avx512_bf16 avx512_vnni", True),
        ("flags : fpu amx_bf16 amx_tile", True),
        ("flags : fpu avx2 avx512f avx512_bf16x amx_tile", False),
        ("Features : fp asimd bf16", False),
        ("", False),
    ],
)
def test_a_cpu_says_what_products_it_has(
    content: str, narrow: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{content}\nbogomips : 5000\n")
    monkeypatch.setattr(precision, "Path", lambda path: tmp_path / Path(path).name)
    assert precision._cpu_has_narrow_products.__wrapped__() == narrow


def test_a_cpu_that_says_nothing_has_no_narrow_products(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "Path", lambda path: tmp_path / Path(path).name)
    assert not precision._cpu_has_narrow_products.__wrapped__()


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_a_large_update_uses_a_second_core_where_there_is_one(
    cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_cores(monkeypatch, cores)
    assert {update_cores(DdpgConfig(**o), CPU) for o in LARGE} == {min(cores, 2)}
    assert {update_cores(DdpgConfig(**o), CPU) for o in SMALL} == {1}


def test_where_the_system_does_not_say_which_cores_are_ours_an_update_still_has_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")  # as on macOS
    assert update_cores(DdpgConfig(**LARGE[0]), CPU) in (1, 2)


@pytest.mark.parametrize("options", [LARGE[0], SMALL[0]], ids=["large", "small"])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_as_many_cores_are_used_as_are_asked_for(
    threads: int, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    have_cores(monkeypatch, 3)
    assert update_cores(DdpgConfig(threads=threads, **options), CPU) == threads


@pytest.mark.parametrize("threads", [0, 1, 5])
def test_beside_a_gpu_one_core_is_enough(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    have_cores(monkeypatch, 64)
    assert update_cores(DdpgConfig(threads=threads, **LARGE[0]), CUDA) == 1


@pytest.mark.parametrize(
    ("machine", "shared"),
    [("x86_64", True), ("AMD64", True), ("aarch64", False), ("arm64", False), ("riscv64", False)],
)
def test_memory_is_shared_only_where_what_is_written_is_seen_in_order(
    machine: str, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "memfd_create", lambda name: 0, raising=False)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert can_share_memory() == shared
    monkeypatch.delattr(os, "memfd_create")
    assert not can_share_memory()


def test_narrow_products_that_are_asked_for_run_on_a_cpu_without_them() -> None:
    elsewhere = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    ran = subprocess.run(
        [sys.executable, "-c", NARROW_UPDATE],
        env=elsewhere,
        cwd=Path(__file__).parent,
        text=True,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    here = updated(make(precision="bfloat16"), batch()).critic_loss
    assert float(ran.stdout) == pytest.approx(here, rel=0.01)


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_networks_keep_all_digits_whatever_their_products_have(name: str) -> None:
    ddpg = Ddpg(3, 2, DdpgConfig(hidden_sizes=(8, 8), precision=name))
    for network in (
        ddpg.networks.actor,
        ddpg.networks.critics,
        ddpg.networks.target_actor,
        ddpg.networks.target_critics,
    ):
        assert {p.dtype for p in network.parameters()} == {torch.float32}
