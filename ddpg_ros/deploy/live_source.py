"""What looks wrong with the topics and sources of a live robot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ddpg_ros.contract import Source
from ddpg_ros.contract.assembler import MALFORMED, MISSING, STALE
from ddpg_ros.contract.live_graph import LiveGraph, most_similar
from ddpg_ros.deploy.live_finding import OK, RATE, SECOND_PUBLISHER, SILENT, Finding
from ddpg_ros.deploy.live_record import LiveRecord, TopicRecord

_SLOW = 0.8
"""Fraction of the control rate below which a topic is too slow."""
_SHARE = 0.02
"""Fraction of ticks at fault that passes without a word."""


def judge_topics(record: LiveRecord, graph: LiveGraph) -> list[Finding]:
    """One finding a topic: heard at all, often enough, and from one robot."""
    return [_judge_topic(name, topic, record, graph) for name, topic in record.topics.items()]


def judge_sources(record: LiveRecord) -> list[Finding]:
    """The faults that the policy's controller would have met, one finding each."""
    findings = []
    for (reason, where), faults in record.faults.items():
        share = len(faults) / len(record.times)
        if reason == MISSING or share <= _SHARE:
            continue
        sources = [source for source in record.contract.sources if source.label == where]
        hint = "".join(_hints(reason, sources, record, share))
        sentence = f"{faults[-1].detail} in {share:.0%} of the ticks{hint}"
        findings.append(Finding(where, reason, sentence))
    return findings


def _judge_topic(name: str, topic: TopicRecord, record: LiveRecord, graph: LiveGraph) -> Finding:
    ages = [source.max_age for source in record.contract.sources if source.topic == name]
    sent_once = math.isinf(max(ages))
    if not topic.arrivals:
        hint = ". Sent once, as a goal: send it, reliable, while the check listens"
        why = graph.why_silent(name, topic.message)
        return Finding(name, SILENT, why + (hint if sent_once else ""))
    rate, wanted = topic.rate(record.times[-1]), 1 / record.contract.period
    if not sent_once and rate < _SLOW * wanted:
        sentence = f"{rate:.1f} messages a second; the policy wants a new one {wanted:g} times"
        return Finding(name, RATE, sentence)
    nodes = graph.publishers.get(name, ())
    if not sent_once and len(nodes) > record.publishers(name):
        sentence = (
            f"published by {' and '.join(nodes)}, which speak of the same elements; the controller "
            "does not fly with two (second_publisher)"
        )
        return Finding(name, SECOND_PUBLISHER, sentence)
    return Finding(name, OK)


def _hints(
    reason: str, sources: Sequence[Source], record: LiveRecord, share: float
) -> Iterator[str]:
    """What may be behind a fault of ``sources``, which read one field of one topic."""
    if not sources or not sources[0].topic:
        return
    topic = record.topics[sources[0].topic]
    if reason == MALFORMED and topic.names:
        wanted = dict.fromkeys(name for source in sources for name in source.elements)
        spare = [name for name in topic.names if name not in wanted]
        for name in wanted:
            other = "" if name in topic.names else most_similar(name, spare)
            if other:
                yield f"; is {name} called {other} here?"
    if reason == STALE and share == 1 and len(topic.arrivals) > 1:
        yield (
            ", though messages come: their stamps and this node's clock disagree (use_sim_time, "
            "or two machines' clocks)"
        )
