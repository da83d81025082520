"""The executables, and a SIGINT that comes before they can end in their own way."""

from __future__ import annotations

import signal
import subprocess
import sys

_IMPORTS = "import importlib, os, signal, sys\n"
_INTERRUPT = "os.kill(os.getpid(), signal.SIGINT)"


def exit_code(code: str) -> int:
    command = [sys.executable, "-c", _IMPORTS + code]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.stderr == b""
    return done.returncode


def test_a_node_that_is_interrupted_while_it_is_imported_ends_at_once() -> None:
    code = f"""
from ddpg_ros.cli.programs import controller
importlib.import_module = lambda name: {_INTERRUPT}
controller()
"""
    assert exit_code(code) == -signal.SIGINT


def test_so_does_one_in_the_background_of_a_script_where_it_is_ignored() -> None:
    code = f"""
from ddpg_ros.cli.programs import world
signal.signal(signal.SIGINT, signal.SIG_IGN)
importlib.import_module = lambda name: {_INTERRUPT}
world()
"""
    assert exit_code(code) == -signal.SIGINT


def test_so_does_a_training_under_ros() -> None:
    code = f"""
import builtins
from ddpg_ros.cli.programs import train
builtins.__import__ = lambda *names: {_INTERRUPT}
train()
"""
    assert exit_code(code) == -signal.SIGINT


def test_a_verb_that_is_interrupted_ends_as_its_shell_expects() -> None:
    code = f"""
from ddpg_ros.cli import inspect, programs
inspect._inspect = lambda options: {_INTERRUPT}
sys.argv[1:] = ["policy.onnx"]
sys.exit(programs.inspect())
"""
    assert exit_code(code) == 130


def test_a_program_that_is_to_ignore_interruptions_does() -> None:
    code = f"""
from ddpg_ros.cli.stopping import end_at_sigint, interrupt_at_sigint
signal.signal(signal.SIGINT, signal.SIG_IGN)
end_at_sigint()
{_INTERRUPT}
interrupt_at_sigint()
{_INTERRUPT}
"""
    assert exit_code(code) == 0
