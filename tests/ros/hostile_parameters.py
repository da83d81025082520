"""Parameter files made to do harm, or by somebody in a hurry."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

Make = Callable[[Path, Path], Path]
"""Takes a new folder and the path of a sound policy; returns the path of a parameter file."""

SECTION = "ddpg_controller:\n  ros__parameters:\n"
HOSTILE: dict[str, tuple[Make, str]] = {}
"""The file, and words of the sentence it is refused with, by what is wrong with it."""


def _file(name: str, words: str, content: str | bytes) -> None:
    def make(folder: Path, policy: Path) -> Path:
        path = folder / "parameters.yaml"
        raw = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(raw.replace(b"POLICY", str(policy).encode()))
        return path

    HOSTILE[name] = make, words


def _set(name: str, words: str, lines: str) -> None:
    """A sound file with more lines in it."""
    _file(name, words, f"{SECTION}    policy: POLICY\n    {lines}\n")


def _policy(name: str, words: str, value: str) -> None:
    """A file with another policy."""
    _file(name, words, f"{SECTION}    policy: {value}\n")


_NUMBER = "parameter watchdog_timeout: expected a number with a point, as in 2.0, of at least 0"
for _value in ("[1.0, 2.0]", ".nan", ".inf", "-1.0", "1.0e300", "1.0e999", "9" * 400, "5", "soon"):
    _set(f"a timeout of {_value[:12]}", _NUMBER, f"watchdog_timeout: {_value}")
_set("a list of several types", "Sequence should be of same type", "watchdog_timeout: [1, a, 2.0]")
_set("parameters in a parameter", "no parameter is called", "watchdog_timeout:\n      a: 1.0")
_set("a switch that is maybe", "parameter enable: expected true or false", "enable: maybe")
_set("a switch that is an empty list", "passes over an empty list", "enable: []")
_set("a misspelt switch", "no parameter is called enabel (did you mean enable?)", "enabel: false")
_set("a clock that is a text", "use_sim_time", "use_sim_time: 'yes please'")
_set("a switch that is there twice", "enable is there twice", "enable: true\n    enable: false")
_set("a section that is there twice", "ddpg_controller is there twice", f"enable: true\n{SECTION}")
_set("two documents", "expected a single document", f"enable: true\n---\n{SECTION}    x: 1")
_set("an alias", "an alias stands for this", "enable: &a true\n    autostart: *a")
_set(
    "ten thousand parameters", "larger than 32 KiB", "\n    ".join(f"p{i}: 1" for i in range(10**4))
)
_set("30 MB of comments", "larger than 32 KiB", "# and so on\n    " * 2_000_000)
_file(
    "another node",
    "no section for /ddpg_controller; its sections: /other",
    ("other:\n  ros__parameters:\n    policy: POLICY\n"),
)
_file(
    "another namespace",
    "its sections: /arm/ddpg_controller",
    ("arm:\n  ddpg_controller:\n    ros__parameters:\n      policy: POLICY\n"),
)
_file("nothing", "no section for /ddpg_controller; its sections: none", "")
_file("one word", "its sections: none", "hello\n")
_file("a list", "its sections: none", "- a\n- b\n")
_file("no ros__parameters", "its sections: none", "ddpg_controller:\n  policy: POLICY\n")
_file("random bytes", "is not YAML", bytes(range(256)) * 20)
_file("zeros", "is not YAML", bytes(5000))
_file("bytes that are no UTF-8", "is not YAML", SECTION.encode() + b"    policy: \xff\xfe\n")
_file("a tab", "is not YAML", "ddpg_controller:\n\tros__parameters:\n")
_file("30,000 brackets", "is nested too deep", "[" * 30_000)
_file("a list in itself", "an alias stands for this", "a: &a [*a]\n")
_file(
    "a billion laughs",
    "an alias stands for this",
    "a0: &a0 {l: lol}\n"
    + "".join(f"a{i + 1}: &a{i + 1} {{p: *a{i}, q: *a{i}}}\n" for i in range(30)),
)
_policy("no policy", "No value at line 3", "")
_policy("a policy that is a number", "parameter policy: expected a text, got 5", "5")
_policy("a policy that runs code", "expected a text", "!!python/object/apply:os.abort [1]")
_policy("a policy with a NUL", "cannot be read", '"a\\0b"')
_policy("a policy of escape codes", r"policy file \x1b[2J\u202e: cannot be read", '"\\e[2J\\u202e"')
_policy("a policy from /dev/zero", "cannot be read (it is no file)", "/dev/zero")
_policy("a policy that is a folder", "cannot be read (it is no file)", "/tmp")
_policy("a policy that is no policy", "carries no ddpg_ros digest", "/etc/passwd")
_policy("a policy of 30,000 letters", "policy file xxxxx", "x" * 30_000)


def _pipe(folder: Path, policy: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _policy_in_a_pipe(folder: Path, policy: Path) -> Path:
    path = folder / "parameters.yaml"
    path.write_text(f"{SECTION}    policy: {_pipe(folder, policy)}\n")
    return path


HOSTILE["a policy that is a pipe"] = _policy_in_a_pipe, "cannot be read (it is no file)"
HOSTILE["a pipe"] = _pipe, "is no file"
HOSTILE["a folder"] = lambda folder, policy: folder, "is no file"
HOSTILE["/dev/zero"] = lambda folder, policy: Path("/dev/zero"), "is no file"
HOSTILE["a missing file"] = lambda folder, policy: folder / "none", "No such file or directory"
