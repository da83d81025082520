"""A process beside does the actor's share, and nobody could tell from what is learned."""

from __future__ import annotations

import dataclasses
import os
import platform
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from point_world import checkpoint, leaves, quick, trainer
from small_ddpg import weights

from ddpg_ros.errors import PartnerLost
from ddpg_ros.learning.compute.partner import Alone, Partner, SharedMemory, find_partner
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.loop import Trainer
from ddpg_ros.learning.metrics import read_metrics
from ddpg_ros.learning.replay import Batch
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.update_report import UpdateReport

CPU, DEADLINE = torch.device("cpu"), 60.0
PLAIN: dict[str, Any] = {"hidden_sizes": (80, 64), "batch_size": 16, "tau": 0.05}
TD3: dict[str, Any] = {
    **PLAIN,
    "critics": 2,
    "policy_delay": 2,
    "target_noise_std": 0.2,
    "layer_norm": True,
    "weight_decay": 0.01,
    "max_grad_norm": 1.0,
}
CROSSQ: dict[str, Any] = {
    **PLAIN,
    "critics": 2,
    "policy_delay": 3,
    "target_noise_std": 0.2,
    "batch_norm": True,
    "adam_beta1": 0.5,
    "policy_average": 0.1,
}
ALONE = quick(total_steps=132, num_envs=3, noise="ornstein_uhlenbeck", threads=1, **TD3)
BESIDE = dataclasses.replace(ALONE, threads=2)
LOST = (
    "the process that learns the actor ended (exit code -9); the last checkpoint is kept. "
    "Continue with --resume; with threads=1 there is no such process."
)
SHARED = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="needs stores that are seen in order"
)
ORPHANED = """
import time
import torch
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.compute.partner import find_partner
partner = find_partner(3, 2, DdpgConfig(threads=2), torch.device("cpu"))
print(partner._process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def torch_computes_with_as_many_threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def batches(count: int) -> Iterator[Batch]:
    torch.manual_seed(1)
    for _ in range(count):
        s, a, r = 3 * torch.randn(16, 3) - 1, torch.rand(16, 2) * 2 - 1, torch.randn(16)
        yield Batch(s, a, r, s + torch.randn(16, 3), (torch.rand(16) < 0.2).float())


def learned(
    options: dict[str, Any], kind: type[Alone], threads: int
) -> tuple[dict[str, Any], list[UpdateReport], list[np.ndarray]]:
    """Where 30 updates lead, what they measured, and how the actor acted during each."""
    config = DdpgConfig(**options, threads=threads)
    partner = find_partner(3, 2, config, CPU)
    assert type(partner) is kind
    assert torch.get_num_threads() == 1
    torch.manual_seed(0)
    ddpg, reports, acted = Ddpg(3, 2, config, partner=partner), [], []

    def act() -> None:
        seen = np.random.default_rng(len(acted)).normal(2.0, 3.0, (4, 3))
        ddpg.networks.normaliser.see(seen)
        acted.append(ddpg.networks.act(seen))

    try:
        for batch in batches(30):
            ddpg.update(batch, act)
            reports.append(ddpg.measure())
        return dict(leaves(ddpg.state())), reports, acted
    finally:
        partner.close()


@SHARED
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("options", [PLAIN, TD3, CROSSQ], ids=["ddpg", "td3", "crossq"])
def test_side_by_side_the_same_is_learned_to_the_bit(
    options: dict[str, Any], precision: str
) -> None:
    options = {**options, "precision": precision}
    state, reports, acted = learned(options, Alone, threads=1)
    same, same_reports, same_acted = learned(options, Partner, threads=2)
    assert [path for path in state if state[path] != same.get(path)] == []
    assert state.keys() == same.keys()
    assert same_reports == reports
    assert len(set(reports)) == len(acted) == 30
    np.testing.assert_array_equal(same_acted, acted)


def outcome(run: Trainer, path: Path) -> dict[str, Any]:
    """How the checkpoint in ``path`` looks when ``run`` has ended, if it did, and is closed."""
    try:
        run.run()
    finally:
        run.close()
    return dict(leaves(checkpoint(path)))


def beside(partner: Alone) -> subprocess.Popen[bytes]:
    """The partner's process."""
    assert isinstance(partner, Partner)
    return partner._process


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A run that nobody was beside."""
    path = tmp_path_factory.mktemp("whole")
    run = trainer(path, ALONE)
    assert type(run._partner) is Alone
    return path, outcome(run, path)


def measured(path: Path) -> list[dict[str, str]]:
    rows = read_metrics(path / "metrics.csv")
    return [{k: v for k, v in row.items() if k != "steps_per_second"} for row in rows]


@SHARED
def test_a_run_of_two_ends_as_a_run_of_one(
    whole: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    run = trainer(tmp_path, BESIDE)
    process = beside(run._partner)
    assert process.poll() is None
    ending = outcome(run, tmp_path)
    assert ending["/step"] == 132
    assert ending == whole[1]
    assert measured(tmp_path) == measured(whole[0])
    assert process.poll() == -signal.SIGKILL


@SHARED
def test_a_run_of_two_that_loses_one_says_so_and_goes_on_from_its_checkpoint(
    whole: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    class Murder(StopRequest):
        looks = 0

        def requested(self) -> bool:
            self.looks += 1
            self.checkpoint = self.looks == 30
            if self.looks == 34:
                beside(run._partner).kill()
            return False

    run = trainer(tmp_path, BESIDE, request=Murder())
    with pytest.raises(PartnerLost, match=f"^{re.escape(LOST)}$"):
        run.run()
    run.close()
    assert 60 < checkpoint(tmp_path)["step"] < run.step < 132
    again = trainer(tmp_path, BESIDE)
    assert beside(again._partner).poll() is None
    assert outcome(again, tmp_path) == whole[1]


@SHARED
def test_a_partner_whose_parent_is_killed_ends_by_itself() -> None:
    # Both hold the pipe: its end is reached when neither of them is there any more.
    parent = subprocess.Popen([sys.executable, "-c", ORPHANED], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        partner = int(parent.stdout.readline())
        os.kill(partner, 0)
        parent.kill()
        try:
            parent.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.kill(partner, signal.SIGKILL)
            pytest.fail("the partner outlived its parent")
    assert parent.wait() == -signal.SIGKILL


@SHARED
def test_closing_ends_the_partner_which_no_signal_to_its_parents_group_does() -> None:
    partner = find_partner(3, 2, DdpgConfig(threads=4, **PLAIN), CPU)
    assert torch.get_num_threads() == 2  # and 2 in the partner
    assert isinstance(partner, Partner)
    pid = partner._process.pid
    assert os.getpgid(pid) == pid != os.getpgid(0)
    partner.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    partner.close()


def test_where_memory_cannot_be_shared_one_process_uses_every_core(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    for threads in (1, 3):
        partner = find_partner(3, 2, DdpgConfig(threads=threads), CPU)
        assert type(partner) is Alone
        assert torch.get_num_threads() == threads


def test_alone_tasks_are_done_in_order_when_their_end_is_waited_for() -> None:
    alone, done = Alone(CPU), []
    numbers = [alone.begin(lambda name=name: done.append(name)) for name in "abcd"]  # type: ignore[misc]
    assert done == []
    alone.finish(0)
    assert done == []
    alone.finish(numbers[1])
    assert done == ["a", "b"]
    alone.finish(numbers[0])
    assert done == ["a", "b"]
    last = alone.begin(lambda: done.append("e"))
    alone.finish(last)
    alone.finish(last)
    assert done == ["a", "b", "c", "d", "e"]


def test_of_several_tasks_all_are_done_and_the_first_is_done_here() -> None:
    alone, done = Alone(CPU), []
    earlier = alone.begin(lambda: done.append("earlier"))
    alone.side_by_side([lambda name=name: done.append(name) for name in "abc"])  # type: ignore[misc]
    assert done == ["a", "earlier", "b", "c"]
    alone.finish(earlier)
    alone.side_by_side([lambda: done.append("d")])
    assert done == ["a", "earlier", "b", "c", "d"]


@SHARED
def test_where_it_would_wait_it_does_other_work_while_there_is_any_and_the_wait_goes_on() -> None:
    config = DdpgConfig(**CROSSQ, threads=2)
    done: list[str] = []
    with closing(find_partner(3, 2, config, CPU)) as partner:
        task = Ddpg(3, 2, config, partner=partner)._actor_learner.tasks[0]
        process = beside(partner)

        def begin(pieces: Iterator[str]) -> int:
            partner.meanwhile = (done.append(piece) for piece in pieces)
            process.send_signal(signal.SIGSTOP)
            return partner.begin(task)

        number = begin(iter("ab"))
        threading.Timer(0.3, process.send_signal, (signal.SIGCONT,)).start()
        partner.finish(number)
        assert done == ["a", "b"]
        partner.finish(number)

        def until_there_is_no_need() -> Iterator[str]:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.3)
            yield from "cd"

        partner.finish(begin(until_there_is_no_need()))
        assert done == ["a", "b", "c"]


@SHARED
def test_nothing_is_done_meanwhile_before_actions_are_chosen() -> None:
    config = DdpgConfig(**CROSSQ, threads=2)
    with closing(find_partner(3, 2, config, CPU)) as partner:
        ddpg, order = Ddpg(3, 2, config, partner=partner), []
        process = beside(partner)
        process.send_signal(signal.SIGSTOP)
        threading.Timer(0.3, process.send_signal, (signal.SIGCONT,)).start()
        pieces = (order.append("world") for _ in range(3))
        ddpg.update(next(batches(1)), lambda: order.append("act"), pieces)
        assert order[0] == "act"
        ddpg.update(next(batches(1)), lambda: order.append("act"))
        assert order.count("act") == 2


@SHARED
@pytest.mark.parametrize("switches", [PLAIN, TD3, CROSSQ], ids=["plain", "td3", "crossq"])
def test_actions_are_chosen_before_a_weight_changes(switches: dict[str, Any]) -> None:
    config, chosen = DdpgConfig(**switches, threads=2), []
    with closing(find_partner(3, 2, config, CPU)) as partner:
        ddpg = Ddpg(3, 2, config, partner=partner)
        before = weights(ddpg.networks.actor).clone()

        def act() -> None:
            time.sleep(0.3)  # in which the partner does all that it may
            chosen.append(weights(ddpg.networks.actor).clone())

        ddpg.update(next(batches(1)), act)
        assert torch.equal(chosen[0], before)
        assert not torch.equal(weights(ddpg.networks.actor), before)


def test_vectors_asked_for_in_the_same_order_are_the_same_memory() -> None:
    file = os.memfd_create("test")
    os.ftruncate(file, 1 << 32)
    one, other = SharedMemory(file), SharedMemory(file)
    os.close(file)
    asked = [
        (5, torch.float32),
        (0, torch.float32),
        (33, torch.bfloat16),
        (1, torch.float32),
        (100, torch.float32),
    ]
    mine, theirs = ([memory.allocate(*wanted) for wanted in asked] for memory in (one, other))
    for number, vector in enumerate(mine):
        vector.fill_(number + 1)
    for number, (vector, (size, dtype)) in enumerate(zip(theirs, asked, strict=True)):
        assert (vector.dtype, vector.shape) == (dtype, (size,))
        assert (vector == number + 1).all()
        assert vector.data_ptr() % 64 == 0
    assert not any(one.flags)
    one.flags[3] = 7
    assert other.flags[3] == 7
    theirs[0].zero_()
    assert [bool((vector == 0).all()) for vector in mine] == [True, True, False, False, False]
