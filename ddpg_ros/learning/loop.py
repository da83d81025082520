"""The training loop: act, step, remember, learn, report."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
import torch

from ddpg_ros.errors import TrainingDiverged, WorldStalled
from ddpg_ros.learning.agents import Agents, Episode
from ddpg_ros.learning.checkpoint import read_checkpoint, write_checkpoint
from ddpg_ros.learning.compute.device import find_device
from ddpg_ros.learning.compute.partner import find_partner
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.noise import NOISES
from ddpg_ros.learning.replay import ReplayBuffer
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.run_log import RunLog
from ddpg_ros.learning.selection import Selection
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.worlds import World

_MEASURED = 10
"""Of so many updates one is measured."""


class Trainer:
    """One training run, from its first step or from its checkpoint to its end.

    Args:
        folder: Where the run is kept.
        config: The hyperparameters.
        make_world: Builds a world; called for each agent and for evaluation.
        reporter: Hears of progress.
        request: Asks the run to stop or to write a checkpoint.
    """

    def __init__(
        self,
        folder: RunFolder,
        config: DdpgConfig,
        make_world: Callable[[], World],
        reporter: Reporter,
        request: StopRequest,
    ) -> None:
        torch.manual_seed(config.seed)
        self._folder, self._config = folder, config
        self._reporter, self._request = reporter, request
        streams = np.random.SeedSequence(config.seed).spawn(3)
        self._rngs = dict(
            zip(("warmup", "noise", "replay"), map(np.random.default_rng, streams), strict=True)
        )
        self._agents = Agents(make_world, config.num_envs, config.seed, config.time_limit_terminal)
        self.contract, self.live = self._agents.contract, self._agents.live
        sizes = (self.contract.observation_size, self.contract.action_size)
        device = find_device(config.device)
        self._partner = find_partner(*sizes, config, device)
        self.ddpg = Ddpg(*sizes, config, device, self._partner)
        capacity = min(config.buffer_size, config.total_steps + config.num_envs)
        self._replay = ReplayBuffer(capacity, *sizes, self._rngs["replay"], device)
        shape = (config.num_envs, self.contract.action_size)
        self._noise = NOISES[config.noise](shape, config, self._rngs["noise"])
        self.selection = Selection(config, self.ddpg.networks, make_world())
        self.step = 0
        self.episodes = 0

    def run(self) -> bool:
        """Train to the end; False if the run was asked to stop first, with a checkpoint written.

        Raises:
            TrainingDiverged: A number is not finite. The last checkpoint is kept, and the batch in
                which it happened is saved beside it.
        """
        self._log = RunLog(self._folder, self._config, self.step, self._reporter)
        self._saved_at = time.monotonic()
        gc.freeze()  # What is there now stays; the collector need not look at it every few steps.
        try:
            while not self._finished():
                if not self._evaluate_if_due() or self._request.requested():
                    self.save()
                    return False
                self._save_if_due()
                self._report(self._act_and_learn())
            finished = self._evaluate_if_due(last=True)
            self.save()
            return finished
        except TrainingDiverged as error:
            raise self._diverged(error) from None
        except WorldStalled as error:
            raise self._diverged(TrainingDiverged(str(error))) from None
        finally:
            gc.unfreeze()
            self._log.close()

    def save(self) -> None:
        """Write a checkpoint of everything the rest of the run depends on."""
        if not self.ddpg.is_finite():
            raise TrainingDiverged(
                "a weight is not finite; the last good checkpoint is kept. Try smaller learning "
                "rates or max_grad_norm=1."
            )
        write_checkpoint(
            self._folder.checkpoint,
            self.contract,
            {
                "step": self.step,
                "episodes": self.episodes,
                "selection": self.selection.state(),
                "ddpg": self.ddpg.state(),
                "replay": self._replay.state(),
                "noise": self._noise.state(),
                "agents": self._agents.state(),
                "random": {name: rng.bit_generator.state for name, rng in self._rngs.items()},
                "torch_random": torch.get_rng_state(),
            },
        )
        self._saved_at = time.monotonic()
        self._request.checkpoint = False

    def restore(self) -> None:
        """Go on from the run folder's checkpoint, from the start if it has none yet."""
        state = read_checkpoint(self._folder.checkpoint, self.contract)
        if state is None:
            return
        self.step, self.episodes = state["step"], state["episodes"]
        self.selection.restore(state["selection"])
        self.ddpg.restore(state["ddpg"])
        self._replay.restore(state["replay"])
        self._noise.restore(state["noise"])
        self._agents.restore(state["agents"])
        for name, rng in self._rngs.items():
            rng.bit_generator.state = state["random"][name]
        torch.set_rng_state(state["torch_random"])

    def close(self) -> None:
        """Close the worlds, and end the partner."""
        self._partner.close()
        self._agents.close()
        self.selection.close()

    def _finished(self) -> bool:
        config = self._config
        return self.step >= config.total_steps or 0 < config.episodes <= self.episodes

    def _choose_actions(self) -> np.ndarray:
        if self.step < self._config.warmup_steps:
            shape = (self._config.num_envs, self.contract.action_size)
            return self._rngs["warmup"].uniform(-1.0, 1.0, shape)
        noise = self._noise.sample(self.step)
        return np.clip(self.ddpg.networks.act(self._agents.observations) + noise, -1.0, 1.0)

    def _act_and_learn(self) -> list[Episode]:
        """Step every world once; meanwhile, learn from what was remembered before."""
        ended: list[Episode] = []
        stepping, remembering = self._step_worlds(), self._remember(ended)
        updates = self._updates_due()
        if updates == 0:
            self._act()
        for number in range(updates):
            batch = self._replay.sample(self._config.batch_size)
            measured = self.ddpg.updates % _MEASURED == 0
            act = self._act if number == 0 else None
            # What is sampled shall not depend on how soon the worlds respond.
            meanwhile = stepping if number < updates - 1 else chain(stepping, remembering)
            self.ddpg.update(batch, act, meanwhile, measured)
            if measured:
                self._log.updated(self.ddpg.measure())
        for _ in chain(stepping, remembering):
            pass
        return ended

    def _act(self) -> None:
        self._agents.act(self._choose_actions())

    def _step_worlds(self) -> Iterator[None]:
        """Let one environment after the other respond."""
        for agent in range(self._config.num_envs):
            self._agents.step(agent)
            yield

    def _remember(self, ended: list[Episode]) -> Iterator[None]:
        """Remember what was lived through, and add to the episodes that ended."""
        transitions, over = self._agents.lived()
        self._replay.add(transitions)
        self.ddpg.networks.normaliser.see(transitions.observations.numpy())
        self.step += self._config.num_envs
        ended += over
        yield

    def _updates_due(self) -> int:
        config = self._config
        if self.step < config.warmup_steps or self._replay.size < config.batch_size:
            return 0
        each = config.updates_per_step * config.num_envs
        rounds = self.step // config.num_envs
        return math.floor((rounds + 1) * each) - math.floor(rounds * each)

    def _diverged(self, error: TrainingDiverged) -> TrainingDiverged:
        """Keep what stopped being finite; the error that says where it and the checkpoint are."""
        folder = self._folder
        where = ""
        if error.batch:
            folder.save_diverged_batch(error.batch)
            where = f" What led to it is in {folder.diverged_batch}."
        last = f"the last is {folder.checkpoint}" if folder.checkpoint.exists() else "none yet"
        text = f"step {self.step}: {error}{where} Checkpoint: {last}."
        return TrainingDiverged(text, error.batch)

    def _report(self, ended: list[Episode]) -> None:
        for episode in ended:
            self.episodes += 1
            self._noise.restart(episode.agent)
            self._log.ended(episode)
        noise_std = self._noise.std(self.step)
        self._log.stepped(self.step, self.episodes, noise_std, self._agents.largest_reward)

    def _save_if_due(self) -> None:
        late = time.monotonic() - self._saved_at > self._config.checkpoint_seconds
        if late or self._request.checkpoint:
            self.save()

    def _evaluate_if_due(self, last: bool = False) -> bool:
        """Evaluate at every interval and at the end; False if it was given up half-way."""
        if not self.selection.due(self.step, last):
            return True
        judgement = self.selection.judge(self.step, self._request.requested)
        if judgement is None:
            return False
        self._log.evaluated(self.step, judgement)
        if self.live and not last:  # the evaluation flew the same robot
            self._agents.begin_anew()
        return True
