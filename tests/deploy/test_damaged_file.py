"""After any accident a policy file is refused in a sentence that begins with its path."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import PolicyFileError

DAMAGED = (
    "its digest does not match its bytes: the file was damaged or changed after export. "
    "Copy it again, or export it again with 'ddpg-ros export'."
)
NO_DIGEST = (
    "it carries no ddpg_ros digest, so it is not a policy file, or a damaged or cut-off one. "
    "Export it again with 'ddpg-ros export'."
)


def refusal(path: object) -> str:
    with pytest.raises(PolicyFileError) as caught:
        OnnxPolicy.load(path)  # type: ignore[arg-type]
    return str(caught.value)


def test_every_flipped_bit_is_refused(content: bytes) -> None:
    random = np.random.default_rng(9)
    for bit in random.choice(8 * len(content), 500, replace=False):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(PolicyFileError, match=f"^({re.escape(DAMAGED)}|{NO_DIGEST})$"):
            OnnxPolicy(bytes(flipped))


def test_every_other_digit_in_the_digest_is_refused(content: bytes) -> None:
    digest = OnnxPolicy(content).digest
    start = content.index(digest.encode())
    for place in range(64):
        for digit in "0123456789abcdef".replace(digest[place], ""):
            changed = bytearray(content)
            changed[start + place] = ord(digit)
            with pytest.raises(PolicyFileError, match=f"^{re.escape(DAMAGED)}$"):
                OnnxPolicy(bytes(changed))


def test_a_cut_off_file_is_refused(content: bytes) -> None:
    for length in {*range(0, len(content), 37), *range(len(content) - 100, len(content))}:
        with pytest.raises(PolicyFileError, match=f"^({re.escape(DAMAGED)}|{NO_DIGEST})$"):
            OnnxPolicy(content[:length])


def test_bytes_moved_about_are_refused(content: bytes) -> None:
    for changed in (content + b"\0", b"\0" + content, content[1:] + content[:1]):
        with pytest.raises(PolicyFileError, match=f"^{re.escape(DAMAGED)}$"):
            OnnxPolicy(changed)


def test_a_damaged_file_is_refused_by_its_path(path: Path, content: bytes) -> None:
    path.write_bytes(content[:-1])
    assert refusal(path) == f"policy file {path}: {DAMAGED}"


@pytest.mark.parametrize("text", ["", "policy: please\n", "\0" * 5000])
def test_a_file_that_is_no_policy_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    assert refusal(path) == f"policy file {path}: {NO_DIGEST}"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    todo = "Give the path of a policy.onnx."
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, reason in (
        (tmp_path, "it is no file"),
        ("/dev/zero", "it is no file"),
        (pipe, "it is no file"),
        (tmp_path / "none.onnx", "No such file or directory"),
        (tmp_path / ("n" * 300), "File name too long"),
        ("~no_such_user_here/policy.onnx", "Could not determine home directory."),
    ):
        assert refusal(path) == f"policy file {path}: cannot be read ({reason}). {todo}"


def test_a_path_that_cannot_be_is_refused_in_pythons_words() -> None:
    path = "policy\0.onnx"
    assert refusal(path).startswith(f"policy file {path}: cannot be read (")
    assert "embedded null " in refusal(path)


def test_a_file_beyond_32_mebibytes_is_refused_for_its_size(path: Path) -> None:
    os.truncate(path, 32 * 2**20 + 1)
    assert refusal(path) == f"policy file {path}: is larger than 32 MiB."
