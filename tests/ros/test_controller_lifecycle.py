"""States of a controller: what fails half way, or is said twice, leaves nothing behind."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flying import drive, flying
from graph import Graph
from hinge import SAFE, Hinge
from rclpy.lifecycle import TransitionCallbackReturn

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & {"ticker", "watchdog"}


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    yield
    assert gc.isenabled()
    assert threads() == set()


@pytest.mark.parametrize("fails", ["ticker", "watchdog"])
def test_an_activation_that_fails_half_way_ends_safe_and_can_be_tried_again(
    graph: Graph, policy: Path, fails: str
) -> None:
    hinge = Hinge(graph)
    with flying(policy, autostart=False) as (node, spin):
        assert node.trigger_configure() == SUCCESS
        start = node._start_thread

        def start_some(name: str, call: object) -> None:
            if name == fails:
                raise RuntimeError("can't start new thread")
            start(name, call)  # type: ignore[arg-type]

        node._start_thread = start_some  # type: ignore[method-assign]
        assert node.trigger_activate() == FAILURE
        assert gc.isenabled()
        assert threads() == set()
        graph.serve(0.3)
        assert {command for _, command in hinge.commands} <= {SAFE}
        node._start_thread = start  # type: ignore[method-assign]
        assert node.trigger_activate() == SUCCESS
        assert threads() == {"ticker", "watchdog"}
        assert not gc.isenabled()
        drive(hinge, spin)


def test_the_last_word_may_be_said_twice(graph: Graph, policy: Path) -> None:
    hinge = Hinge(graph)
    with flying(policy) as (node, spin):
        drive(hinge, spin)
        node.last_word()
        graph.serve(0.2)
        assert hinge.last == SAFE
        hinge.commands.clear()
        node.last_word()
        assert node.trigger_deactivate() == SUCCESS
        assert node.trigger_cleanup() == SUCCESS
        assert node.trigger_shutdown() == SUCCESS
        graph.serve(0.2)
        assert hinge.commands == []


def test_a_last_word_that_fails_still_ends_the_flight(graph: Graph, policy: Path) -> None:
    hinge = Hinge(graph)
    with flying(policy) as (node, spin):
        drive(hinge, spin)
        loop = node._loop
        assert loop is not None
        loop._output.wait_until_received = lambda: 1 / 0  # type: ignore[assignment, method-assign]
        assert node.trigger_deactivate() == TransitionCallbackReturn.ERROR
        assert gc.isenabled()
        assert threads() == set()
        graph.serve(0.2)
        assert hinge.last == SAFE
        assert node.trigger_configure() == SUCCESS  # it is as new
        assert node.trigger_activate() == SUCCESS
        drive(hinge, spin)


def test_activated_again_it_starts_anew(graph: Graph, policy: Path) -> None:
    hinge = Hinge(graph)
    with flying(policy) as (node, spin):
        for _ in range(3):
            drive(hinge, spin)
            assert node.trigger_deactivate() == SUCCESS
            graph.serve(0.2)
            assert hinge.last == SAFE
            assert node.trigger_activate() == SUCCESS
