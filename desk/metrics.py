"""Figures for /metrics, in Prometheus' form: one registry, made by the wiring."""

import contextlib
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """What is counted and timed."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._turns = Histogram(
            "uniondesk_turn_seconds",
            "From a stored message to its stored answer",
            buckets=(0.02, 0.04, 0.06, 0.1, 0.15, 0.3, 1, 3),
            registry=self.registry,
        )
        self._rasa_failures = Counter("uniondesk_rasa_failures", "Turns answered without Rasa", registry=self.registry)
        self._backlog = Gauge("uniondesk_outbox_pending", "Deliveries that wait", ["lane"], registry=self.registry)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Times one turn."""
        begun = time.perf_counter()
        yield
        self._turns.observe(time.perf_counter() - begun)

    def rasa_failed(self) -> None:
        self._rasa_failures.inc()

    def text(self, backlog: dict[str, int]) -> bytes:
        """The page, with the outbox's backlog as it is now."""
        for lane in ("reply", "agent", "due", "campaign"):
            self._backlog.labels(lane).set(backlog.get(lane, 0))
        return generate_latest(self.registry)
