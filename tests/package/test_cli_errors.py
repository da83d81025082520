"""The command line: a wrong word ends in one sentence on stderr and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import ddpg_ros
from ddpg_ros.cli.main import main


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is printed on stderr, one line; nothing goes to stdout."""
    try:
        code: object = main(arguments)
    except SystemExit as left:
        code = left.code
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    return said.err.rstrip("\n")


@pytest.mark.parametrize(
    "wrong",
    ["pendulm", "--config none.yaml", "--config gpu.yaml", "--preset none", "--contract none.yaml"],
)
def test_a_demo_that_cannot_be_leaves_the_one_before_alone(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    Path("gpu.yaml").write_text("device: cuda\n")
    before = tmp_path / "run" / "config.json"
    before.parent.mkdir()
    before.write_text("{}")
    (tmp_path / "demo.json").touch()
    said = refusal(capsys, "demo", *wrong.split(), "--output", str(tmp_path))
    assert said.startswith("ddpg-ros demo: ")
    assert before.exists()


def test_a_demo_does_not_replace_a_training_that_is_none_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "run" / "config.json"
    mine.parent.mkdir()
    mine.write_text("{}")
    said = refusal(capsys, "demo", "--output", str(tmp_path))
    assert f"holds a training of yours in {tmp_path}/run, which a demo would replace. " in said
    assert mine.exists()


def test_no_verb_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    text = "ddpg-ros: the following arguments are required: VERB. See 'ddpg-ros --help'."
    assert refusal(capsys) == text


def test_an_unknown_verb_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    text = refusal(capsys, "fly")
    assert text.startswith("ddpg-ros: argument VERB: invalid choice: 'fly' (choose from ")
    for verb in ("train", "evaluate", "export", "inspect", "check", "record", "replay", "demo"):
        assert verb in text
    assert text.endswith(". See 'ddpg-ros --help'.")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("inspect", "inspect: the following arguments are required: policy"),
        ("export", "export: the following arguments are required: RUN"),
        ("record --seconds few", "record: argument --seconds: invalid float value: 'few'"),
        ("record --topics", "record: argument --topics: expected at least one argument"),
        ("replay run.mcap", "replay: the following arguments are required: policy"),
        ("report", "report: the following arguments are required: RUN"),
        ("check --seconds 3", "check: the following arguments are required: policy"),
        ("check p --seconds few", "check: argument --seconds: invalid float value: 'few'"),
        ("evaluate --json", "evaluate: the following arguments are required: policy"),
        ("evaluate p --episodes few", "evaluate: argument --episodes: invalid int value: 'few'"),
        ("train --gamma high", "train: argument --gamma: invalid float value: 'high'"),
        ("train --hidden-sizes", "train: argument --hidden-sizes: expected at least one argument"),
    ],
)
def test_arguments_that_cannot_be_read_name_the_verbs_help(
    arguments: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verb = arguments.partition(" ")[0]
    said = f"ddpg-ros {text}. See 'ddpg-ros {verb} --help'."
    assert refusal(capsys, *arguments.split()) == said


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "3601"])
def test_a_check_listens_for_a_time_that_means_something(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "ddpg-ros check: --seconds: expected more than 0, at most 3600, got "
    assert refusal(capsys, "check", "p", f"--seconds={seconds}") == f"{said}{seconds}."


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        ("--real-time-factor 2", "--real-time-factor: means something with --over-ros alone."),
        ("--sweep --over-ros", "--sweep: flies in Gymnasium alone; leave out --over-ros."),
    ],
)
def test_flags_of_an_evaluation_that_exclude_one_another_are_named(
    flags: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(capsys, "evaluate", "p", *flags.split())
    assert said == f"ddpg-ros evaluate: {text}"


def test_a_check_needs_a_policy_file_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(capsys, "check", str(tmp_path / "none.onnx"))
    assert said.startswith(f"ddpg-ros check: policy file {tmp_path}/none.onnx: cannot be read")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("train --gama", " (did you mean --gamma?)"),
        ("train --gama=0.9", "=0.9 (did you mean --gamma?)"),
        ("inspect p --gama", ""),
    ],
)
def test_an_unknown_flag_names_the_verbs_help(
    arguments: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verb = arguments.partition(" ")[0]
    said = f"ddpg-ros {verb}: unrecognized arguments: --gama{hint}. See 'ddpg-ros {verb} --help'."
    assert refusal(capsys, *arguments.split()) == said


def test_a_policy_where_the_recording_should_be_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = refusal(capsys, "replay", "policy.onnx", "run.mcap")
    assert said.startswith("ddpg-ros replay: policy.onnx: is a policy where the recording is ")


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        ("--gamma 2", "gamma: expected in [0, 1], got 2.0."),
        ("--batch-size 0", "batch_size: expected in [1, 1048576], got 0."),
        ("--hidden-sizes 64 0", "hidden_sizes: expected in [1, 65536], got 0."),
        ("--noise pink", "noise: expected one of gaussian, ornstein_uhlenbeck, none, got 'pink'."),
        ("--tau nan", "tau: expected in [0, 1], got nan."),
    ],
)
def test_a_hyperparameter_out_of_range_names_the_range(
    flags: str, text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    assert refusal(capsys, "train", "--run", str(run), *flags.split()) == f"ddpg-ros train: {text}"
    assert not run.exists()


def test_a_resumed_run_keeps_its_hyperparameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys, "train", "--resume", "run", "--gamma", "0.9", "--seed", "1") == (
        "ddpg-ros train: --resume continues run with the world and hyperparameters it was started "
        "with; leave out gamma, seed."
    )


@pytest.mark.parametrize("verb", ["inspect", "evaluate"])
def test_a_policy_that_is_not_there_is_named(
    verb: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert refusal(capsys, verb, f"{tmp_path}/none.onnx") == (
        f"ddpg-ros {verb}: policy file {tmp_path}/none.onnx: cannot be read (No such file or "
        "directory). Give the path of a policy.onnx."
    )


def test_a_run_folder_in_place_of_its_policy_is_led_to_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "policy.onnx").touch()
    assert refusal(capsys, "inspect", str(tmp_path)) == (
        f"ddpg-ros inspect: policy file {tmp_path}: cannot be read (it is no file). Give the path "
        f"of a policy.onnx, as {tmp_path}/policy.onnx."
    )


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"ddpg_ros {ddpg_ros.__version__}\n"


def test_what_is_meant_for_ros_is_led_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "policy.onnx", "-p", "use_sim_time:=true"])
    assert capsys.readouterr().err == (
        "ddpg-ros check: unrecognized arguments: -p use_sim_time:=true (what is meant for ROS "
        "follows --ros-args). See 'ddpg-ros check --help'.\n"
    )


@pytest.mark.parametrize("count", [0, -3])
def test_no_episodes_prove_nothing(
    count: int, toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"ddpg-ros evaluate: --episodes: expected at least 1, got {count}."
    assert refusal(capsys, "evaluate", str(toy), f"--episodes={count}") == text


def test_a_policy_flies_in_no_world_with_another_contract(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("mujoco")
    assert refusal(capsys, "evaluate", str(toy), "--world", "pendulum") == (
        "ddpg-ros evaluate: world 'pendulum' has another contract than the policy: name is "
        '"pendulum" instead of "toy"; period is 0.05 instead of 0.1; observation is 2 entries '
        'instead of 1 entry; commands[0].topic is "commands" instead of "ddpg_world/action"; and '
        "5 more. Fly it in a world of its own contract, or train one for this world."
    )


@pytest.mark.usefixtures("signals_restored")
@pytest.mark.parametrize("arguments", [("export",), ("report",), ("train", "--resume")])
def test_a_run_that_is_not_there_is_named(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    assert refusal(capsys, *arguments, f"{tmp_path}/none") == (
        f"ddpg-ros {arguments[0]}: {tmp_path}/none: no training run is kept here. Name the "
        "folder that 'ddpg-ros train' printed, which holds a config.json."
    )


def test_a_resumed_run_keeps_its_world_and_folder(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "Pendulum-v1", "--resume", "run", "--run", "other", "--contract", "x"]
    arguments += ["--preset", "ddpg"]
    assert refusal(capsys, *arguments).endswith("leave out the world, --contract, --run, --preset.")


def test_an_unknown_preset_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    refused = refusal(capsys, "train", "Pendulum-v1", "--preset", "ddgp")
    assert refused.startswith("ddpg-ros train: no preset is called 'ddgp'. Known: Pendulum-v1, ")
    assert ", ddpg, default, " in refused


def test_a_recording_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys, "record") == (
        "ddpg-ros record: nothing to record: name a policy.onnx, or --topics /a /b."
    )


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf"])
def test_a_recording_lasts_for_a_time_that_means_something(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "ddpg-ros record: --seconds: expected 0 or more, got "
    assert refusal(capsys, "record", "p", f"--seconds={seconds}") == f"{said}{seconds}."
