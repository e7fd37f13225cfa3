"""The rack with a beat from outside: a real player on the memory back end hears MIDI clock."""

import time
from pathlib import Path

import pytest

from realtime.engine import commands as ask
from realtime.engine.reports import PartLaunched
from realtime.messages import Counters, Inject, Panic, Sent, Silenced, Transport
from realtime.player.midi_bytes import CLOCK, CONTINUE, START, STOP, song_position
from realtime.player.sync.options import SyncOptions
from tests.engine.rig import Performance
from tests.engine.test_rack import morph_part

pytestmark = pytest.mark.processes
BPM = 240.0
BAR_NS = 1_000_000_000
PULSE_NS = BAR_NS // 96
MS = 1_000_000


def lead(performance: Performance, begin_ns: int, first: bytes, pulses: int, *last: bytes) -> None:
    """A clock on its way to the player's input: `first` before pulse 0 at `begin_ns`, `last` at the end."""
    messages = [(begin_ns - 5 * MS, first), *((begin_ns + n * PULSE_NS, bytes((CLOCK,))) for n in range(pulses))]
    messages += [(begin_ns + pulses * PULSE_NS - 2 * MS, data) for data in last]
    for time_ns, data in messages:
        performance.ask(ask.Forward(Inject(data, time_ns)))


def test_a_loop_begins_with_the_leader_stops_with_it_and_goes_on_where_it_says(toy_morph: Path) -> None:
    performance = Performance([morph_part(toy_morph)], bpm=BPM, sync=SyncOptions(source="clock"))
    (launched,) = performance.wait(PartLaunched)
    assert launched.start_tick == 0
    assert not performance.of(Transport)[-1].playing
    begin_ns = time.monotonic_ns() + 300 * MS
    lead(performance, begin_ns, bytes((START,)), 2 * 96, bytes((STOP,)), song_position(48))
    performance.wait(Transport, 1, lambda told: told.playing)
    performance.wait(Transport, 1, lambda told: not told.playing and told.tick == 48 * 120)
    ons = performance.ons("morph")
    assert len(ons) >= 4
    step_ns = BAR_NS // 16
    off = [(sent.due_ns - begin_ns + step_ns // 2) % step_ns - step_ns // 2 for sent in ons]
    assert max(map(abs, off)) < 12 * MS  # each on a sixteenth of the leader's, as this test's process allows
    assert min(sent.due_ns for sent in ons) < begin_ns + BAR_NS
    again_ns = time.monotonic_ns() + 300 * MS
    lead(performance, again_ns, bytes((CONTINUE,)), 96)
    performance.wait(Sent, 1, lambda sent: sent.due_ns >= again_ns - 12 * MS)
    assert performance.of(PartLaunched)[-1].start_tick == 48 * 120
    performance.ask(ask.Forward(Panic()))
    performance.wait(Silenced)
    performance.end()
    assert performance.hung() == {}
    assert performance.of(Counters)[-1].pulses_in >= 2 * 96
