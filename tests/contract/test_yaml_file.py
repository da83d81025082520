"""A contract written by a person: what is wrong is named together with the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ddpg_ros.contract import Contract
from ddpg_ros.contract.yaml_file import load_contract
from ddpg_ros.errors import ContractError

ARM = """
name: arm
period: 0.01
observation:
  - name: angles
    unit: rad
    low: -3.0          # one number stands for all elements
    high: .inf
    sources:
      - {topic: joint_states, message: sensor_msgs/JointState, field: position,
         elements: [shoulder, elbow], max_age: inf}
    feature: {kind: identity}
commands:
  - topic: commands
    message: std_msgs/Float64MultiArray
    elements:
      - {name: shoulder, unit: N m, low: -2, high: 2}
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "arm.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_person_may_leave_out_the_schema_and_write_one_limit_for_all(tmp_path: Path) -> None:
    contract = load_contract(written(tmp_path, ARM))
    term = contract.observation[0]
    assert (term.lows, term.highs) == ((-3.0, -3.0), (float("inf"),) * 2)
    assert term.sources[0].max_age == float("inf")
    assert contract.actions[0].low == -2.0
    assert load_contract(str(written(tmp_path, "schema: 1\n" + ARM))) == contract


def test_the_json_form_written_as_yaml_gives_the_same_contract(
    tmp_path: Path, robot: Contract
) -> None:
    assert load_contract(written(tmp_path, yaml.safe_dump(robot.to_dict()))) == robot
    assert load_contract(written(tmp_path, robot.to_json())) == robot


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no.yaml"
    text = f"contract file {path}: cannot be read (No such file or directory). "
    with pytest.raises(ContractError, match=re.escape(text)):
        load_contract(path)


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=re.escape(f"contract file {tmp_path}: cannot be read")):
        load_contract(tmp_path)


def test_a_file_in_another_encoding_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r": is not text\. Give the path of a YAML file\."):
        load_contract(written(tmp_path, b"name: \xff\xfe"))


@pytest.mark.parametrize(
    "text", ["name: [", "a: b: c", "name: 2001-13-45", "{[a]: 1}", "!!python/none x", "[" * 5000]
)
def test_what_is_not_yaml_says_so(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ContractError, match=re.escape(f"contract file {path}: is not YAML (")):
        load_contract(path)


@pytest.mark.parametrize(("text", "got"), [("", "NoneType"), ("[1]", "list"), ("arm", "str")])
def test_a_file_that_holds_no_mapping_says_what_it_holds(
    tmp_path: Path, text: str, got: str
) -> None:
    with pytest.raises(ContractError, match=re.escape(f"expected a mapping, got {got}.")):
        load_contract(written(tmp_path, text))


def test_a_wrong_value_is_named_with_the_file_and_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, ARM.replace("low: -2", "low: a lot"))
    text = (
        f"contract file {path}: contract.commands[0].elements[0].low: expected a number, "
        "got 'a lot'."
    )
    with pytest.raises(ContractError, match=re.escape(text)):
        load_contract(path)


def test_a_key_that_is_no_text_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=re.escape("contract: unknown key 5, True. Known here")):
        load_contract(written(tmp_path, ARM + "5: 2\non: 3\n"))
