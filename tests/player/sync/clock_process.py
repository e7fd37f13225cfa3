"""Another program that leads: sends MIDI clock with jitter into Hocket's JACK input, sample by sample.

python -m tests.player.sync.clock_process BPM JITTER_MS SECONDS [SEED]
Prints `ready BEGIN_NS` (when pulse 0 is truly due, monotonic), sends Start, the pulses and Stop, and ends.
"""

import sys
import time

from realtime.player.midi_bytes import CLOCK, START, STOP
from realtime.player.opening import open_io
from realtime.player.ports import Outgoing, PortConfig
from realtime.player.priority import raise_priority
from tests.player.sync.master import PULSES_A_BEAT, pulses

MS = 1_000_000
LEAD_NS = 1_500 * MS
AHEAD_NS = 300 * MS  # how far ahead events are handed to JACK


def main(bpm: float, jitter_ms: float, seconds: float, seed: int = 1) -> None:
    raise_priority()
    io, _ = open_io(PortConfig(backend="jack", out_name="Hocket In", client_name="Master"), lambda: None)
    begin_ns = time.monotonic_ns() + LEAD_NS
    print(f"ready {begin_ns}", flush=True)
    count = round(seconds * bpm / 60) * PULSES_A_BEAT
    io.send(Outgoing(due_ns=begin_ns - 20 * MS, data=bytes((START,))))
    end_ns = begin_ns
    for pulse in pulses(count, bpm, jitter_ms=jitter_ms, begin_ns=begin_ns, seed=seed):
        assert pulse.arrival_ns is not None
        time.sleep(max(0.0, (pulse.arrival_ns - AHEAD_NS - time.monotonic_ns()) / 1e9))
        io.send(Outgoing(due_ns=pulse.arrival_ns, data=bytes((CLOCK,))))
        end_ns = pulse.arrival_ns
    io.send(Outgoing(due_ns=end_ns + 10 * MS, data=bytes((STOP,))))
    time.sleep(max(0.0, (end_ns + 100 * MS - time.monotonic_ns()) / 1e9))
    io.close()


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), *map(int, sys.argv[4:]))
