"""Keeps every row of a run's metrics, and says what looks wrong in them."""

from __future__ import annotations

from dataclasses import fields

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.finding import Finding
from ddpg_ros.learning.health import Health
from ddpg_ros.learning.metrics import Metrics, read_metrics
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder


class Watch:
    """Watches over one run.

    Args:
        folder: Where metrics and findings are kept.
        config: The hyperparameters.
        first_step: Where the run goes on; rows beyond it were written after the checkpoint.
        reporter: Hears of findings.
    """

    def __init__(
        self, folder: RunFolder, config: DdpgConfig, first_step: int, reporter: Reporter
    ) -> None:
        self._folder, self._reporter = folder, reporter
        self._metrics = Metrics(folder.metrics, folder.tensorboard, first_step)
        self._health, self._findings = look_back(folder, config)
        self._save()
        usual = folder.usual_config() or DdpgConfig()
        self._metrics.describe("hyperparameters", _as_table(config, usual), first_step)

    @property
    def ill(self) -> str:
        """Names of what looks wrong at present."""
        return ", ".join(self._health.ill)

    def write(self, step: int, values: dict[str, float]) -> None:
        """Keep a row; tell of what it newly shows to be wrong."""
        self._metrics.write(step, values)
        found = self._health.hear(step, values)
        for finding in found:
            self._reporter.warning(f"{step:,} steps, {finding}")
            self._metrics.describe(f"health/{finding.sign}", str(finding), step)
        if found:
            self._findings += found
            self._save()
        for sign in dict.fromkeys(finding.sign for finding in self._findings):
            self._metrics.mark(sign, sign in self._health.ill, step)

    def close(self) -> None:
        """Close the files."""
        self._metrics.close()

    def _save(self) -> None:
        self._folder.save_findings([finding.to_dict() for finding in self._findings])


def look_back(folder: RunFolder, config: DdpgConfig) -> tuple[Health, list[Finding]]:
    """The health of a run by the metrics in its folder, and all that was found in them."""
    health = Health(config, folder.usual_config())
    findings: list[Finding] = []
    for row in read_metrics(folder.metrics):
        values = {name: float(cell) for name, cell in row.items() if cell}
        findings += health.hear(int(row["step"]), values)
    return health, findings


def _as_table(config: DdpgConfig, usual: DdpgConfig) -> str:
    """Hyperparameters in Markdown, those that are not the preset's in bold."""
    lines = ["| hyperparameter | value | preset | default |", "|---|---|---|---|"]
    for field in fields(config):
        value, preset = getattr(config, field.name), getattr(usual, field.name)
        mark = "" if value == preset else "**"
        lines.append(f"| {field.name} | {mark}{value}{mark} | {preset} | {field.default} |")
    return "\n".join(lines)
