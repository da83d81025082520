"""Domains that nobody else on the machine is in."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from graph import Graph

from ddpg_ros.errors import DdpgRosError
from ddpg_ros.ros import domain
from ddpg_ros.ros.domain import OwnDomain

TAKE = (
    "from ddpg_ros.ros.domain import OwnDomain; own = OwnDomain(); print(own.number, flush=True); "
)


def test_two_that_are_taken_differ_in_one_process_and_in_two() -> None:
    with OwnDomain() as first, OwnDomain() as second:
        numbers = {first.number, second.number}
        command = [sys.executable, "-c", TAKE + "input()"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            numbers.add(int(other.stdout.readline()))
            other.communicate("\n")
    assert len(numbers) == 3


def test_one_that_is_closed_or_whose_process_ended_can_be_taken_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with OwnDomain() as free:
        monkeypatch.setattr(domain, "DOMAINS", range(free.number, free.number + 1))
        with pytest.raises(DdpgRosError, match="expected one without nodes of others"):
            OwnDomain()
    code = f"from ddpg_ros.ros import domain; domain.DOMAINS = {domain.DOMAINS}; {TAKE}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert int(done.stdout) == free.number
    OwnDomain().close()


def test_where_a_node_is_already_nobody_else_goes(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = int(os.environ["ROS_DOMAIN_ID"])
    monkeypatch.setattr(domain.fcntl, "flock", lambda file, how: None)  # it is locked by the tests
    monkeypatch.setattr(domain, "DOMAINS", range(here, here + 1))
    with pytest.raises(DdpgRosError):
        OwnDomain()


def test_nor_where_the_sixth_of_several_nodes_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with OwnDomain() as free:
        monkeypatch.setattr(domain, "DOMAINS", range(free.number, free.number + 1))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as left:
        left.bind(("", 7410 + 250 * free.number + 2 * 5))
        with pytest.raises(DdpgRosError):
            OwnDomain()
    OwnDomain().close()


NODE = """
import rclpy, sys
rclpy.init()
node = rclpy.create_node("left")
print(flush=True)
sys.stdin.read()
"""


def test_a_node_that_is_killed_there_was_on_this_machine_alone_and_leaves_no_memory() -> None:
    with OwnDomain() as own:
        ports = range(7400 + 250 * own.number, 7650 + 250 * own.number)
        command, environment = [sys.executable, "-c", NODE], os.environ | own.environment
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        ) as node:
            assert node.stdout is not None
            node.stdout.readline()
            sockets = Path(f"/proc/{node.pid}/net/udp").read_text().splitlines()[1:]
            addresses = [line.split()[1].split(":") for line in sockets]
            bound = {address for address, port in addresses if int(port, 16) in ports}
            node.kill()
    assert bound == {"0100007F", "0100FFEF"}  # 127.0.0.1, and 239.255.0.1 on it
    left = [f"fastrtps_port{port}" for port in ports]
    assert not set(left) & set(os.listdir("/dev/shm"))


def test_a_domain_leaves_the_ports_alone_that_linux_hands_out() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("", 0))
        assert other.getsockname()[1] > 7400 + 250 * domain.DOMAINS[-1] + 250
