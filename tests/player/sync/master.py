"""A MIDI clock that leads, and a conductor that follows it, in simulated time."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from realtime.messages import Clock, Transport
from realtime.player.clock import PlayerClock
from realtime.player.midi_bytes import CLOCK
from realtime.player.sync.conductor import Conductor, Step
from realtime.player.sync.options import SyncOptions
from tests.player.fakes import FakeTime

NS = 1_000_000_000
BEGIN_NS = 10 * NS
PULSE = bytes((CLOCK,))
PULSES_A_BEAT = 24
TICKS_A_PULSE = 20


@dataclass(frozen=True)
class Pulse:
    """The true time of a pulse, and when it arrives (None: never)."""

    number: int
    true_ns: float
    arrival_ns: int | None


def pulses(
    count: int,
    bpm: Callable[[int], float] | float = 120.0,
    *,
    jitter_ms: float = 0.0,
    lost: Callable[[int], bool] = lambda _: False,
    begin_ns: float = BEGIN_NS,
    seed: int = 1,
) -> Iterator[Pulse]:
    """`count` pulses with uniform jitter of +-`jitter_ms`; `bpm` may depend on the pulse's number."""
    rng = random.Random(seed)
    true_ns = float(begin_ns)
    for number in range(count):
        arrival_ns = round(true_ns + rng.uniform(-jitter_ms, jitter_ms) * 1e6)
        yield Pulse(number, true_ns, None if lost(number) else arrival_ns)
        true_ns += 60 * NS / (PULSES_A_BEAT * (bpm(number) if callable(bpm) else bpm))


@dataclass
class Follower:
    """A conductor that hears MIDI clock."""

    bpm: float = 120.0
    time: FakeTime = field(default_factory=lambda: FakeTime(BEGIN_NS - NS))
    steps: list[Step] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)  # as each step left them

    def __post_init__(self) -> None:
        self.clock = PlayerClock(self.bpm, self.time)
        self.conductor = Conductor(self.clock, SyncOptions(source="clock"))

    def hear(self, data: bytes, time_ns: int | None = None) -> None:
        """A message arrives, now or later."""
        self.time.ns = max(self.time.ns, self.time.ns if time_ns is None else time_ns)
        assert self.conductor.hear(self.time.ns, data)
        self.step()

    def step(self) -> None:
        step = self.conductor.step()
        self.ticks.append(self.clock.tick())
        if step.clock or step.transport or step.clear:
            self.steps.append(step)

    def wait(self, ms: int, every_ms: int = 10) -> None:
        """Nothing arrives for a while."""
        for _ in range(ms // every_ms):
            self.time.pass_ms(every_ms)
            self.step()

    def follow(self, clock: Iterator[Pulse]) -> list[float]:
        """Hear all pulses; at each one's true time, how far the player's beat is from it, in ms."""
        errors: list[float] = []
        for pulse in clock:
            if pulse.arrival_ns is not None:
                self.hear(PULSE, pulse.arrival_ns)
            due_ns = self.clock.anchor.time_ns + (
                (self.origin_tick + pulse.number * TICKS_A_PULSE - self.clock.anchor.tick)
                * 60
                * NS
                / (480 * self.clock.anchor.bpm)
            )
            errors.append(abs(due_ns - pulse.true_ns) / 1e6)
        return errors

    origin_tick = 0  # of pulse 0

    @property
    def transport(self) -> Transport:
        told = [step.transport for step in self.steps if step.transport]
        return told[-1]

    @property
    def told(self) -> list[Clock]:
        return [step.clock for step in self.steps if step.clock]


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
