"""A study in YAML: the package's own, a user's of ten lines, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.presets import load_preset
from ddpg_ros.learning.study.study import SET_BY_STUDY, Study
from ddpg_ros.learning.study.study_file import find_study, read_study, shipped_studies
from ddpg_ros.worlds import make_world

MINE = """\
question: How much noise does my robot need?
world: HalfCheetah-v5
preset: ddpg
seeds: 5
steps: 50000
held:
  hidden_sizes: [128, 128]
  warmup_steps: 5000
vary:
  noise_std: [0.05, 1e-1, 0.3]
"""
FEW = "question: q?\nworld: pendulum\nseeds: 1\nsteps: 2000\n"

SHIPPED = shipped_studies()
NOTES = {
    *("targets", "noise", "actor_lr", "critic_lr", "gamma", "batch_size", "buffer_size"),
    *("weight_decay", "hidden_sizes", "num_envs", "updates_per_step", "time_limits"),
}


def few(**changed: str) -> str:
    """A study of one value, with other lines in place of :data:`FEW`'s."""
    lines = {"question": "q?", "world": "pendulum", "seeds": "1", "steps": "2000", **changed}
    return "".join(f"{name}: {value}\n" for name, value in lines.items()) + "vary: {tau: [1]}\n"


def read(tmp_path: Path, text: str) -> Study:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return read_study(path)


def test_ten_lines_are_a_study(tmp_path: Path) -> None:
    assert len(MINE.splitlines()) == 10
    study = read(tmp_path, MINE)
    assert (study.name, study.world, study.seeds, study.steps) == (
        "mine",
        "HalfCheetah-v5",
        5,
        50000,
    )
    assert [v.name for v in study.variants] == [f"noise_std {std}" for std in (0.05, 0.1, 0.3)]
    trainings = list(study.trainings())
    assert len(trainings) == len({t.digest for t in trainings}) == 15
    assert [t.config.seed for t in trainings] == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    preset = load_preset("ddpg")
    for training in trainings:
        config = training.config
        assert (config.hidden_sizes, config.warmup_steps, config.threads) == ((128, 128), 5000, 1)
        assert (config.actor_lr, config.gamma) == (preset.actor_lr, preset.gamma)
        assert config.log_interval == config.evaluation_interval == preset.evaluation_interval


def test_variants_may_differ_in_several_hyperparameters(tmp_path: Path) -> None:
    study = read(tmp_path, FEW + "variants:\n  plain: {}\n  far: {gamma: 0.99, tau: 1e-3}\n")
    plain, far = study.variants
    assert (plain.name, plain.config.gamma) == ("plain", load_preset("pendulum").gamma)
    assert (far.name, far.config.gamma, far.config.tau) == ("far", 0.99, 0.001)


def test_a_hyperparameter_may_be_a_list_or_a_switch(tmp_path: Path) -> None:
    shapes = read(tmp_path, FEW + "vary: {hidden_sizes: [[8], [8, 8]]}\n")
    assert [v.name for v in shapes.variants] == ["hidden_sizes 8", "hidden_sizes 8 8"]
    switch = read(tmp_path, FEW + "vary: {layer_norm: [true, false]}\n")
    assert [v.name for v in switch.variants] == ["layer_norm true", "layer_norm false"]


def test_a_contract_lies_beside_its_study(tmp_path: Path) -> None:
    study = read(tmp_path, FEW + "contract: mine/contract.yaml\nvary: {tau: [1]}\n")
    assert study.contract_file == str(tmp_path / "mine" / "contract.yaml")


def test_there_is_a_study_for_each_question_of_the_docs() -> None:
    assert SHIPPED.keys() >= NOTES


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_study_can_be_run_as_it_is_and_quickly(name: str) -> None:
    study = find_study(name)
    assert study.seeds == 10
    assert study.question.endswith("?")
    make_world(study.world).close()
    varied = {variant.config for variant in study.variants}
    assert len(varied) == len(study.variants) >= 4
    quick = study.at(quick=True)
    assert (quick.seeds, quick.steps) == (2, study.steps // 2)
    assert len(list(quick.trainings())) == 2 * len(study.variants)
    for variant, whole in zip(quick.variants, study.variants, strict=True):
        assert variant.config.warmup_steps == whole.config.warmup_steps // 2
        assert variant.config.evaluation_interval * 2 <= quick.steps  # not the last alone
        assert (variant.config.critics, variant.config.policy_delay) == (1, 1)  # plain DDPG
        assert not variant.config.batch_norm
        assert not variant.config.layer_norm


def test_the_shipped_studies_take_less_than_two_hours_and_quickly_three_minutes_each() -> None:
    minutes = [find_study(name).minutes for name in SHIPPED]
    assert 0 < sum(minutes) < 120
    assert min(minutes) > 0
    assert max(minutes) < 30 - 5  # a quick form is a tenth, and a process takes its time to start


def test_other_seeds_and_steps_win_over_the_quick_form() -> None:
    study = find_study("targets")
    assert (study.at(seeds=3).seeds, study.at(seeds=3).steps) == (3, study.steps)
    both = study.at(seeds=3, steps=2500, quick=True)
    assert (both.seeds, both.steps) == (3, 2500)
    assert both.variants[0].config.warmup_steps == study.variants[0].config.warmup_steps
    with pytest.raises(ConfigError, match=r"^study 'targets' with 900 steps: total_steps 900: "):
        study.at(steps=900)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n- b\n", "expected 'name: value' lines: question, world, contract, "),
        ("wurld: pendulum\n", "no key is called 'wurld'. Known: question, world, "),
        ("world: pendulum\n", "lacks question, seeds, steps."),
        (FEW, "expected either 'vary', one hyperparameter and a list of its values, or 'variants'"),
        (FEW + "vary: {tau: [1]}\nvariants: {a: {}}\n", "expected either 'vary', "),
        (FEW + "vary: {tau: 1}\n", "vary: tau: expected a list of values, got 1."),
        (
            FEW + "vary: {tau: [1], gamma: [1]}\n",
            "vary: expected one hyperparameter, got tau, gamma.",
        ),
        (FEW + "vary: {taw: [1]}\n", "no hyperparameter is called 'taw'. Did you mean tau?"),
        (FEW + "vary: {tau: [2]}\n", "tau: expected in [0, 1], got 2.0."),
        (FEW + "vary: {tau: [1, 1.0]}\n", "variant 'tau 1': is there twice."),
        (FEW + "vary: {tau: []}\n", "nothing varies: expected at least one variant."),
        (few(seeds="0"), "seeds: expected at least 1, got 0."),
        (few(seeds="two"), "seeds: expected a whole number, got 'two'."),
        (few(steps="true"), "steps: expected a whole number, got True."),
        (FEW + "vary: {tau: [1]}\nminutes: x\n", "minutes: expected a number, got 'x'."),
        (few(steps="10"), "total_steps 10: learning starts after 1000 steps"),
        (FEW + "vary: {tau: [1]}\npreset: fast\n", "no preset is called 'fast'. Known: "),
        (FEW + "vary: {tau: [1]}\nheld: [1]\n", "held: expected 'name: value' lines, got [1]."),
        (few(world="ros"), "world 'ros': is one robot, and trainings run "),
        (FEW + "variants: {a: 3}\n", "variant 'a': expected hyperparameters, got 3."),
        (FEW + "variants: {no: {}}\n", "variant False: expected a text; put its name into quotes."),
        (FEW + "variants: {a: {tau: 3}}\n", "variant 'a': tau: expected in [0, 1], got 3.0."),
        *(
            (
                FEW + f"vary: {{tau: [1]}}\nheld: {{{name}: 1}}\n",
                f"{name}: is set by the study. Say ",
            )
            for name in SET_BY_STUDY
        ),
        (FEW + "vary: {seed: [1, 2]}\n", "seed: is set by the study. Say 'seeds' and 'steps'; "),
    ],
)
def test_what_is_wrong_with_a_file_is_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, text)
    said = str(refused.value)
    assert said.startswith(f"study file {tmp_path / 'mine.yaml'}: {sentence}"), said
    assert said.endswith(".")


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\x00", b"a: " + b"[" * 5000])
def test_a_file_that_is_no_yaml_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"^study file .*mine\.yaml: is not (YAML \(|text\.)"):
        find_study(str(path))


def test_a_study_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"^no study is called 'tragets'\. Known: actor_lr, batch"
    ):
        find_study("tragets")
    with pytest.raises(ConfigError, match=r"none\.yaml: cannot be read \(No such file"):
        find_study(str(tmp_path / "none.yaml"))
