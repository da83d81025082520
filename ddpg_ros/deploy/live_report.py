"""What a check of a live robot found, as a page of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ddpg_ros.contract.live_graph import LiveGraph
from ddpg_ros.contract.policy_metadata import ObservationStatistics
from ddpg_ros.deploy.live_check import judge_elements, of_latest_tick
from ddpg_ros.deploy.live_element import elements_of
from ddpg_ros.deploy.live_finding import OK, Finding
from ddpg_ros.deploy.live_record import LiveRecord
from ddpg_ros.deploy.live_source import judge_sources, judge_topics
from ddpg_ros.deploy.table import short, table

_NAMED = 4
"""How many places that share a finding are named."""


class LiveReport:
    """What a robot says, beside what training saw.

    Args:
        record: What was heard, one tick at least.
        statistics: What training saw, from the policy file.
        graph: What is published.

    Attributes:
        topics: One finding a topic.
        sources: One finding a fault that the controller would have met.
        elements: One finding an element of the observation.
    """

    def __init__(
        self, record: LiveRecord, statistics: ObservationStatistics, graph: LiveGraph
    ) -> None:
        self._record, self._graph = record, graph
        self._statistics = of_latest_tick(record.contract, statistics)
        self.topics = judge_topics(record, graph)
        self.sources = judge_sources(record)
        self.elements = judge_elements(record.contract, statistics, record.frames, record.joints)

    @property
    def wrong(self) -> list[Finding]:
        """What looks wrong, from topic to element; empty where all is well."""
        findings = (*self.topics, *self.sources, *self.elements)
        return [finding for finding in findings if finding.wrong]

    def as_text(self) -> str:
        """A page for people."""
        contract, times = self._record.contract, self._record.times
        lines = [
            f"policy for '{contract.name}', listened for {times[-1] - times[0]:.1f} s, "
            f"{len(times)} ticks",
            "",
            *table(list(self._topic_rows())),
            "",
            *table(list(self._element_rows())),
            "",
        ]
        noted = list(_together(f for f in self.elements if f.verdict == OK and f.sentence))
        if noted:
            lines += ["for you to tell", *(f"  {f.where}: {f.sentence}" for f in noted), ""]
        if not self.wrong:
            return "\n".join([*lines, "nothing looks wrong"])
        told = [f"  {finding}" for finding in _together(f for f in self.wrong if f.sentence)]
        return "\n".join([*lines, "looks wrong", *told])

    def _topic_rows(self) -> Iterator[Sequence[str]]:
        yield "topic", "heard as", "type", "messages", "rate [Hz]", "verdict"
        for finding in self.topics:
            topic = self._record.topics[finding.where]
            rate = short(topic.rate(self._record.times[-1]))
            name, count = self._graph.name(finding.where), str(len(topic.arrivals))
            yield finding.where, name, topic.message, count, rate, finding.verdict

    def _element_rows(self) -> Iterator[Sequence[str]]:
        """One row an element: live values, then those of training."""
        yield (
            *("element", "unit", "mean", "minimum", "maximum"),
            *("trained mean", "deviation", "minimum", "maximum", "verdict"),
        )
        seen, elements = self._statistics, elements_of(self._record.contract)
        for i, values in enumerate(self._record.frames.T):
            heard = values[np.isfinite(values)]
            live = (heard.mean(), heard.min(), heard.max()) if len(heard) else (np.nan,) * 3
            trained = (seen.mean[i], seen.std[i], seen.minimum[i], seen.maximum[i])
            numbers = [short(float(value)) for value in (*live, *trained)]
            name, unit = elements[i].name, elements[i].term.unit
            yield name, unit, *numbers, self.elements[i].verdict


def _together(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same, each said once, of all places where it was found."""
    places: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        places.setdefault((finding.verdict, finding.sentence), []).append(finding.where)
    for (verdict, sentence), all_places in places.items():
        named, more = all_places[:_NAMED], len(all_places) - _NAMED
        others = f" and {more} more" if more > 0 else ""
        yield Finding(", ".join(named) + others, verdict, sentence)
