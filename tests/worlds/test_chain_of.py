"""The chain in a MuJoCo model, against where MuJoCo says its sites are."""

from __future__ import annotations

import re

import mujoco
import numpy as np
import pytest

from ddpg_ros.contract.chain import Chain
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.chain_of import chain_of

CROOKED = """
<mujoco>
  <compiler eulerseq="XYZ"/>
  <worldbody>
    <body pos="0.1 0.2 0.3" euler="20 30 40">
      <joint name="first" axis="0.2 -1 0.5" pos="0.02 0.03 -0.04"/>
      <geom size="0.1"/>
      <body pos="0.3 0 0.1" euler="-70 10 5">
        <geom size="0.1"/>
        <body pos="0 -0.2 0" quat="0.5 -0.5 0.5 0.5">
          <joint name="second" axis="0 0 1"/>
          <geom size="0.1"/>
          <body pos="0 0 0.2" euler="0 91 0">
            <geom size="0.1"/>
            <site name="tip" pos="0.01 0.02 0.03"/>
          </body>
          <body pos="1 0 0">
            <joint name="beside"/>
            <geom size="0.1"/>
            <site name="elsewhere"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
</mujoco>
"""


def test_a_crooked_chain_is_read_as_it_is() -> None:
    model = mujoco.MjModel.from_xml_string(CROOKED)
    data = mujoco.MjData(model)
    hinges, tip = chain_of(model, "tip")
    assert [hinge.joint for hinge in hinges] == ["first", "second"]
    chain = Chain(hinges, tip)
    rng = np.random.default_rng(0)
    for _ in range(50):
        data.qpos[:] = rng.uniform(-4, 4, 3)
        mujoco.mj_kinematics(model, data)
        chain.turn(data.qpos[:2])
        np.testing.assert_allclose(chain.position, data.site("tip").xpos, atol=1e-10)


@pytest.mark.parametrize(
    ("change", "site", "text"),
    [
        (("", ""), "tool", "the model has no site 'tool'. Known: tip, elsewhere."),
        (
            ('name="second"', 'name="second" type="slide"'),
            "tip",
            "body 'hand' is not carried by one hinge; a chain is of hinges.",
        ),
        (
            ('<joint name="second"', '<joint name="more" axis="1 0 0"/><joint name="second"'),
            "tip",
            "body 'hand' is not carried by one hinge; a chain is of hinges.",
        ),
        (
            ('name="second"', 'name="second" ref="10"'),
            "tip",
            "joint 'second' has a ref; a chain's angles count from its body.",
        ),
    ],
)
def test_what_is_no_chain_of_hinges_is_refused(
    change: tuple[str, str], site: str, text: str
) -> None:
    named = CROOKED.replace('<body pos="0 -0.2 0"', '<body name="hand" pos="0 -0.2 0"')
    model = mujoco.MjModel.from_xml_string(named.replace(*change) if change[0] else named)
    with pytest.raises(WorldError, match=f"^{re.escape(text)}$"):
        chain_of(model, site)
