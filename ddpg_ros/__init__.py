"""A learned controller for a ROS 2 robot: train with DDPG, export, prove, fly."""


def __getattr__(name: str) -> str:
    """``__version__``, looked up where it is asked for: package.xml alone holds it."""
    if name != "__version__":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from importlib.metadata import version

    return version(__name__)
