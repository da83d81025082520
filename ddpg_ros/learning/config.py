"""Every hyperparameter: its name, default, range, unit and effect, in one place.

The command line, the ROS parameters, the checks and the documentation all read this.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ddpg_ros.errors import ConfigError
from ddpg_ros.knob import check_names, knob, settle_knobs

_OF_NOISE = ("noise_std", "noise_std_final", "noise_decay_steps", "noise_spread", "ou_theta")
"""Without effect where there is no noise."""


@dataclass(frozen=True)
class DdpgConfig:
    """The resolved configuration of a training run. Steps are control periods of one agent."""

    total_steps: int = knob(
        100_000, "Steps to train for, summed over all agents [steps].", 1, 10**10
    )
    episodes: int = knob(
        0, "Episodes to train for, whichever of this and total_steps ends first; 0: no limit.", 0
    )
    num_envs: int = knob(
        1, "Agents that act at once in worlds of their own and feed one memory.", 1, 4096
    )
    warmup_steps: int = knob(
        1_000, "Steps of uniformly random actions before the first update [steps].", 0
    )
    updates_per_step: float = knob(
        1.0,
        "Updates for each step of one agent; 0.25: one after every four steps, fractions add up.",
        0.01,
        100,
    )
    buffer_size: int = knob(
        1_000_000, "Transitions remembered; the oldest are overwritten [transitions].", 1, 10**9
    )
    batch_size: int = knob(
        256, "Transitions an update learns from; larger is steadier and slower.", 1, 2**20
    )
    gamma: float = knob(
        0.99, "Discount of the reward one step later; the horizon is 1 / (1 - gamma) steps.", 0, 1
    )
    time_limit_terminal: bool = knob(
        False, "Count a time limit as an end beyond which nothing has value; wrong for most tasks."
    )
    tau: float = knob(
        0.005, "Share of the way a target moves to its network each update; 1: no target.", 0, 1
    )
    actor_lr: float = knob(1e-3, "Adam's step size for the actor.", 0, 1)
    critic_lr: float = knob(1e-3, "Adam's step size for the critic.", 0, 1)
    lr_final: float = knob(
        1.0, "Share of both learning rates that is left at the end; they fall linearly.", 0, 1
    )
    adam_beta1: float = knob(
        0.9, "Share of Adam's mean gradient that stays with each step, for actor and critic.", 0, 1
    )
    weight_decay: float = knob(0.0, "L2 penalty on the critic's weights (1e-2 in the paper).", 0)
    loss_power: float = knob(
        2.0,
        "Power of errors beyond 1 in the critic's loss; 2: squared, 1: Huber's, 1.4: as if larger "
        "ones were sampled more often (PAL, Fujimoto et al. 2020).",
        1,
        2,
    )
    hidden_sizes: tuple[int, ...] = knob(
        (256, 256), "Width of each hidden layer of actor and critic.", 1, 2**16
    )
    max_grad_norm: float = knob(
        0.0, "Largest norm of a gradient; larger ones are scaled down to it; 0: no limit.", 0
    )
    critics: int = knob(
        1, "Critics; with 2 a target is the smaller of their values (TD3, clipped double Q).", 1, 2
    )
    policy_delay: int = knob(
        1, "Critic updates for each update of the actor and its target (TD3).", 1, 100
    )
    target_noise_std: float = knob(
        0.0, "Deviation of the noise on the target's actions, in half ranges (TD3).", 0, 1
    )
    target_noise_clip: float = knob(0.5, "Largest noise on the target's actions (TD3).", 0, 2)
    layer_norm: bool = knob(
        False, "Normalise each hidden layer of the critic (LayerNorm, Ba et al. 2016)."
    )
    batch_norm: bool = knob(
        False,
        "Normalise each layer's input over a batch of this step and the next; no target critic "
        "(CrossQ, Bhatt et al. 2024).",
    )
    policy_average: float = knob(
        1.0,
        "Share of the way that the policy that is judged and exported moves to the actor at each "
        "of the actor's updates; 1: it is the actor.",
        1e-6,
        1,
    )
    history: int = knob(
        0,
        "Observations, one a tick, that the policy sees at once; 0: as many as the contract says.",
        0,
        1000,
    )
    normalise_observations: bool = knob(
        True, "Scale each observation element by its running mean and deviation."
    )
    noise: str = knob(
        "gaussian",
        "Exploration noise, independent for each action element.",
        choices=("gaussian", "ornstein_uhlenbeck", "none"),
    )
    noise_std: float = knob(
        0.1, "Deviation of the noise, as a fraction of half the action's range.", 0, 10
    )
    noise_std_final: float = knob(
        0.1, "Deviation of the noise once noise_decay_steps, if any, have passed.", 0, 10
    )
    noise_decay_steps: int = knob(
        0, "Steps in which noise_std goes linearly to noise_std_final; 0: it stays.", 0
    )
    noise_spread: float = knob(
        0.0, "How much less noise the last of num_envs agents has than the first, a fraction.", 0, 1
    )
    ou_theta: float = knob(
        0.15, "Pull of Ornstein-Uhlenbeck noise back to zero, per step (0.15 in the paper).", 0, 1
    )
    evaluation_interval: int = knob(
        5_000, "Steps between two noise-free evaluations; the best policy is kept.", 1
    )
    evaluation_episodes: int = knob(10, "Episodes of each of these evaluations.", 1, 10_000)
    final_episodes: int = knob(
        100, "Episodes, on seeds unseen before, of the evaluation after training.", 1, 100_000
    )
    checkpoint_seconds: float = knob(30.0, "Wall-clock time between two checkpoints [s].", 0)
    log_interval: int = knob(500, "Steps between two rows of training metrics.", 1)
    seed: int = knob(0, "Seed of every random number of the run.", 0, 2**31 - 1)
    device: str = knob("cpu", "Where the networks live.", choices=("auto", "cpu", "cuda"))
    threads: int = knob(
        0, "Cores an update uses: 2 lets actor and critic learn side by side; 0: by size.", 0
    )
    precision: str = knob(
        "auto",
        "Type of the operands of an update's products; auto: bfloat16 where that is faster.",
        choices=("auto", "float32", "bfloat16"),
    )

    def __post_init__(self) -> None:
        settle_knobs(self)
        if self.batch_size > self.buffer_size:
            raise ConfigError(
                f"batch_size {self.batch_size} is larger than buffer_size {self.buffer_size}: "
                "no batch would ever fill. Make the buffer larger or the batch smaller."
            )
        if self.num_envs > self.buffer_size:
            raise ConfigError(
                f"num_envs {self.num_envs} is larger than buffer_size {self.buffer_size}: one step "
                "would overwrite itself. Make the buffer larger."
            )
        if self.layer_norm and self.batch_norm:
            raise ConfigError(
                "layer_norm and batch_norm are both true: the critics' layers are normalised over "
                "themselves or over the batch. Choose one."
            )
        rounds = math.ceil(max(self.warmup_steps, self.batch_size) / self.num_envs)
        first = rounds * self.num_envs
        if self.total_steps <= first:
            raise ConfigError(
                f"total_steps {self.total_steps}: learning starts after {first} steps "
                f"(warmup_steps {self.warmup_steps}, batch_size {self.batch_size}), so nothing "
                "would be learned. Train longer, or start earlier."
            )
        steps = self.total_steps - first
        if steps * self.updates_per_step < 1:
            raise ConfigError(
                f"updates_per_step {self.updates_per_step:g}: the {steps} steps that are left when "
                "learning starts are too few for one update. Raise it, or train longer."
            )

    def updates(self) -> int:
        """Updates of the critics in a run of ``total_steps``, about."""
        return max(1, int((self.total_steps - self.warmup_steps) * self.updates_per_step))

    def value_bound(self, largest_reward: float) -> float:
        """Largest value that rewards of at most this size can give, max |r| / (1 - gamma)."""
        left = 1.0 - self.gamma
        return largest_reward / left if left > 0 else math.inf

    def to_dict(self) -> dict[str, Any]:
        """JSON values that :meth:`from_dict` turns back into an equal configuration."""
        values = dataclasses.asdict(self)
        return {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}

    def changed(self) -> dict[str, Any]:
        """The hyperparameters that are in force and not the default's, JSON values."""
        defaults = {field.name: field.default for field in dataclasses.fields(self)}
        idle = _OF_NOISE if self.noise == "none" else ()
        return {
            name: value
            for name, value in self.to_dict().items()
            if getattr(self, name) != defaults[name] and name not in idle
        }

    @staticmethod
    def from_dict(values: Mapping[str, Any], base: DdpgConfig | None = None) -> DdpgConfig:
        """Build a configuration from some of its fields; the rest come from ``base``.

        Raises:
            ConfigError: A name is unknown, or a value has the wrong type or range.
        """
        check_names(DdpgConfig, values, "hyperparameter")
        return dataclasses.replace(base or DdpgConfig(), **values)
