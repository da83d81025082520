"""A run whose numbers stop being finite stops, and keeps what was good."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from point_world import PointWorld, checkpoint, quick, trainer

from ddpg_ros.errors import TrainingDiverged
from ddpg_ros.worlds import PeriodEnd

CONFIG = quick(checkpoint_seconds=0.0, total_steps=200)


def paying(reward: float, from_period: int) -> Callable[[], PointWorld]:
    """Points that pay ``reward`` from the ``from_period``-th period of their life on."""

    class PayingWorld(PointWorld):
        periods = 0

        def _advance(self, command: Any) -> PeriodEnd:
            end = super()._advance(command)
            self.periods += 1
            paid = reward if self.periods >= from_period else end.reward
            return PeriodEnd(paid, end.terminated, end.truncated, end.info)

    return PayingWorld


@pytest.fixture(scope="module")
def diverged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run whose 100th reward is absurd: its folder, and how it ended."""
    folder = tmp_path_factory.mktemp("diverged")
    run = trainer(folder, CONFIG, world=paying(1e38, 100))
    with pytest.raises(TrainingDiverged) as stopped:
        run.run()
    return folder, str(stopped.value)


def test_the_message_says_when_what_and_where(diverged: tuple[Path, str]) -> None:
    folder, message = diverged
    found = re.fullmatch(
        r"step (\d+): the critic's loss is inf, the actor's (.*); both must be finite\. Try "
        r"smaller learning rates, max_grad_norm=1 or a smaller tau\. What led to it is in "
        r"(.*)\. Checkpoint: the last is (.*)\.",
        message,
    )
    assert found is not None
    assert 100 <= int(found[1]) < 200
    assert found[3] == str(folder / "diverged_batch.pt")
    assert found[4] == str(folder / "checkpoint.pt")


def test_before_the_first_checkpoint_the_message_says_that_there_is_none(tmp_path: Path) -> None:
    run = trainer(tmp_path, quick(), world=paying(math.nan, 30))
    with pytest.raises(TrainingDiverged) as stopped:
        run.run()
    assert str(stopped.value) == (
        "step 29: world 'point' returned the reward nan; it must be finite. What led to it is "
        f"in {tmp_path / 'diverged_batch.pt'}. Checkpoint: none yet."
    )
    kept = torch.load(tmp_path / "diverged_batch.pt", weights_only=True)
    assert kept["command"].shape == (1,)


def test_the_checkpoint_that_stays_is_finite(diverged: tuple[Path, str]) -> None:
    folder, _ = diverged
    state = checkpoint(folder)
    assert state["step"] >= 99
    for network in ("actor", "critics", "target_actor", "target_critics"):
        assert all(bool(w.isfinite().all()) for w in state["ddpg"][network].values())


def test_the_batch_is_kept_for_a_look(diverged: tuple[Path, str]) -> None:
    folder, _ = diverged
    batch = torch.load(folder / "diverged_batch.pt", weights_only=True)
    assert batch["observations"].shape == (16, 1)
    assert float(batch["rewards"].max()) == pytest.approx(1e38)


def test_a_weight_that_is_not_finite_is_never_saved(tmp_path: Path) -> None:
    run = trainer(tmp_path, CONFIG)
    run.save()
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with torch.no_grad():
        run.ddpg.networks.target_critics[0].body[0].weight[0, 0] = math.nan
    text = (
        "a weight is not finite; the last good checkpoint is kept. Try smaller learning rates or "
        "max_grad_norm=1."
    )
    with pytest.raises(TrainingDiverged, match=f"^{re.escape(text)}$"):
        run.save()
    assert (tmp_path / "checkpoint.pt").read_bytes() == before
