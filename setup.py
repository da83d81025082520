"""Package metadata; the version lives in package.xml alone."""

from glob import glob
from xml.etree import ElementTree

from setuptools import find_packages, setup

NAME = "ddpg_ros"

ROS_WHEELS = [
    "ros-jazzy-rclpy[fastrtps]==7.1.6",
    "ros-builtin-interfaces==2.0.3",
    "ros-diagnostic-msgs==5.3.6",
    "ros-geometry-msgs==5.3.6",
    "ros-lifecycle-msgs==2.0.3",
    "ros-nav-msgs==5.3.6",
    "ros-rcl-interfaces==2.0.3",
    "ros-rosgraph-msgs==2.0.3",
    "ros-sensor-msgs==5.3.6",
    "ros-std-msgs==5.3.6",
    "ros-std-srvs==5.3.6",
    "ros-trajectory-msgs==5.3.6",
]

setup(
    name=NAME,
    version=ElementTree.parse("package.xml").findtext("version"),
    description="A learned controller for a ROS 2 robot.",
    license="Apache-2.0",
    maintainer="ddpg_ros maintainers",
    maintainer_email="maintainers@ddpg-ros.invalid",
    packages=find_packages(include=[NAME, f"{NAME}.*"]),
    package_data={
        f"{NAME}.learning.report": ["templates/*"],
        f"{NAME}.ros": ["loopback.xml"],
        f"{NAME}.worlds": ["models/*.xml"],
    },
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{NAME}"]),
        (f"share/{NAME}", ["package.xml"]),
        (f"share/{NAME}/launch", glob("launch/*.launch.py")),
        (f"share/{NAME}/config", glob("config/*.yaml") + glob("config/*.json")),
        (f"share/{NAME}/config/presets", glob("config/presets/*.yaml")),
        (f"share/{NAME}/policies", glob("policies/*.onnx")),
        (f"share/{NAME}/config/studies", glob("config/studies/*.yaml")),
    ],
    python_requires=">=3.10",
    install_requires=["numpy>=1.26", "onnxruntime>=1.16", "pyyaml", "setuptools"],
    extras_require={
        "ros": ROS_WHEELS,
        "record": ["mcap>=1.6", "mcap-ros2-support>=0.6"],
        "train": [
            "gymnasium[mujoco]>=1.0",
            "imageio",
            "jinja2",
            "matplotlib",
            "mujoco>=3.1",
            "pillow",
            "rich",
            "tensorboard",
            "torch>=2.2",
        ],
        "docs": ["latex2mathml", "mkdocs-material"],
        "dev": ["hypothesis", "mypy", "onnx", "pytest-cov", "pytest-xdist", "ruff", "types-PyYAML"],
        "test": ["pytest"],
    },
    entry_points={
        "console_scripts": [
            "ddpg-ros = ddpg_ros.cli.programs:ddpg_ros",
            "train = ddpg_ros.cli.programs:train",
            "controller = ddpg_ros.cli.programs:controller",
            "world = ddpg_ros.cli.programs:world",
            "evaluate = ddpg_ros.cli.programs:evaluate",
            "export = ddpg_ros.cli.programs:export",
            "report = ddpg_ros.cli.programs:report",
            "inspect = ddpg_ros.cli.programs:inspect",
            "check = ddpg_ros.cli.programs:check",
            "record = ddpg_ros.cli.programs:record",
            "replay = ddpg_ros.cli.programs:replay",
            "study = ddpg_ros.cli.programs:study",
            "demo = ddpg_ros.cli.programs:demo",
        ],
    },
    zip_safe=True,
)
