"""The actor's share of an update."""

from __future__ import annotations

import torch
from torch import Tensor

from ddpg_ros.contract.action import SATURATED
from ddpg_ros.learning.compute.adam import Adam, StepSize
from ddpg_ros.learning.compute.parameters import Allocate, Parameters
from ddpg_ros.learning.compute.partner import Task
from ddpg_ros.learning.compute.perceptron import Perceptron
from ddpg_ros.learning.compute.shared_batch import SharedBatch
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg_networks import DdpgNetworks

_AVERAGING = 9
"""At first it is an average of about the latest tenth of all actors: polynomial-decay averaging by
Shamir and Zhang 2013, https://arxiv.org/abs/1212.1824, with this eta."""


class ActorLearner:
    """Climbs a critic.

    Args:
        networks: The actor among them learns; its target follows it slowly, and so does the one
            that is flown, where that is an average.
        critic: Says which actions are good.
        batch: Where the observations are found, and the target's actions are left.
        config: The hyperparameters.
        dtype: Type of matrix products' operands.
        allocate: Where vectors come from.

    Attributes:
        report: The latest loss that was measured, and the fraction of saturated actions.
        tasks: What it does beside the critics, none with arguments or results.
    """

    def __init__(
        self,
        networks: DdpgNetworks,
        critic: Perceptron,
        batch: SharedBatch,
        config: DdpgConfig,
        dtype: torch.dtype,
        allocate: Allocate,
    ) -> None:
        self._tau, self._average_share = config.tau, config.policy_average
        self._critic, self._batch = critic, batch
        actor, target = networks.actor, networks.target_actor
        self.weights = Parameters(actor, dtype, allocate)
        self.target_weights = Parameters(target, dtype, allocate)
        self.average_weights = self.weights
        if networks.flown_actor is not actor:
            self.average_weights = Parameters(networks.flown_actor, torch.float32, allocate)
        self._mu = Perceptron(actor.body, self.weights, exact=False, training=True)
        self._target_mu = Perceptron(target.body, self.target_weights, exact=False)
        rate, longest = config.actor_lr, config.max_grad_norm
        step_size = StepSize(
            rate, rate * config.lr_final, max(1, config.updates() // config.policy_delay)
        )
        self.adam = Adam(self.weights, step_size, config.adam_beta1, 0.0, longest, allocate)
        self.report: Tensor = allocate(2, torch.float32)
        self.tasks: list[Task] = [
            self.find_next_actions,
            self.find_gradient,
            self.measure,
            self.step,
        ]

    @torch.inference_mode()
    def find_next_actions(self) -> None:
        """What the target would do next, mu'(s')."""
        outputs, _ = self._target_mu.forward(self._batch.next_s)
        torch.tanh(outputs, out=self._batch.next_a)

    @torch.inference_mode()
    def find_gradient(self) -> None:
        """The gradient of minus the mean of Q(s, mu(s)) by the actor's weights alone."""
        s, n = self._batch.s, self._batch.s.shape[1]
        outputs, trace = self._mu.forward(s)
        actions = outputs.tanh_()
        hidden, critic_trace = self._critic.hidden(torch.cat((s, actions), 1))
        by_action = self._critic.input_gradient(critic_trace, len(s))[:, n:]
        slope = (1 - actions * actions).mul_(-1 / len(s))
        self._mu.backward(trace, by_action * slope)
        self._ascended = hidden, actions

    @torch.inference_mode()
    def step(self) -> None:
        """One step of the actor; its target and its average follow."""
        self.adam.step()
        self._mu.gather()
        # theta' <- tau theta + (1 - tau) theta'
        self.target_weights.follow(self.weights, self._tau)
        if self.average_weights is not self.weights:
            share = (_AVERAGING + 1) / (_AVERAGING + self.adam.steps())
            self.average_weights.follow(self.weights, max(share, self._average_share))

    @torch.inference_mode()
    def measure(self) -> None:
        """Report the actor's loss, and how many of its actions are at their ends."""
        hidden, actions = self._ascended
        self.report[0] = -self._critic.outputs(hidden).mean()
        self.report[1] = (actions.abs() > SATURATED).float().mean()
