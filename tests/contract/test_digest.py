"""A sealed file is refused after any accident, down to one bit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract.digest import BLANK_DIGEST, check_seal, seal
from ddpg_ros.errors import PolicyFileError

CONTENT = b"graph " + BLANK_DIGEST.encode() + b" weights"
DAMAGED = "its digest does not match its bytes: the file was damaged or changed after export."
NO_DIGEST = "it carries no ddpg_ros digest, so it is not a policy file, or a damaged or cut-off one"


OTHER_BYTES = st.binary(max_size=200).filter(lambda data: b"ddpg_ros" not in data)


@given(OTHER_BYTES, OTHER_BYTES)
def test_what_was_sealed_is_accepted_and_differs_in_the_digits_alone(
    head: bytes, tail: bytes
) -> None:
    content = head + BLANK_DIGEST.encode() + tail
    sealed = seal(content)
    digits = check_seal(sealed)
    assert re.fullmatch("[0-9a-f]{64}", digits)
    assert sealed == content.replace(b"0" * 64, digits.encode(), 1)


def test_sealing_again_changes_nothing() -> None:
    assert seal(seal(CONTENT)) == seal(CONTENT)


def test_every_single_bit_flip_is_refused() -> None:
    sealed = seal(CONTENT)
    for bit in range(8 * len(sealed)):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(PolicyFileError, match=f"{re.escape(DAMAGED)}|{re.escape(NO_DIGEST)}"):
            check_seal(bytes(flipped))


def test_every_cut_off_file_is_refused() -> None:
    sealed = seal(CONTENT)
    for length in range(len(sealed)):
        with pytest.raises(PolicyFileError):
            check_seal(sealed[:length])


def test_a_changed_file_says_to_copy_or_export_it_again() -> None:
    text = f"{DAMAGED} Copy it again, or export it again with 'ddpg-ros export'."
    with pytest.raises(PolicyFileError, match=re.escape(text)):
        check_seal(seal(CONTENT) + b"\n")


def test_digits_in_capitals_are_refused() -> None:
    sealed = seal(CONTENT)
    with pytest.raises(PolicyFileError, match=re.escape(DAMAGED)):
        check_seal(sealed.replace(check_seal(sealed).encode(), check_seal(sealed).upper().encode()))


def test_a_file_that_was_never_sealed_is_refused() -> None:
    with pytest.raises(PolicyFileError, match=re.escape(DAMAGED)):
        check_seal(CONTENT)


@pytest.mark.parametrize("use", [seal, check_seal])
@pytest.mark.parametrize("content", [b"", b"an ONNX file of another maker", CONTENT + CONTENT])
def test_a_file_without_exactly_one_digest_is_no_policy(use: object, content: bytes) -> None:
    with pytest.raises(PolicyFileError, match=re.escape(f"{NO_DIGEST}. Export it again with")):
        use(content)  # type: ignore[operator]
