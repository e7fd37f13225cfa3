"""Counts of what was sent and received, as the engine and the window show them."""

from dataclasses import dataclass
from typing import Final

from realtime.messages import Counters
from realtime.player.clock import MS_NS
from realtime.player.midi_bytes import is_note_on
from realtime.player.ports import MidiIO
from realtime.player.timelines import Timelines

LATE_NS: Final = 1 * MS_NS  # an event later than this is counted


@dataclass(slots=True)
class Tally:
    """Totals since the start that no other part keeps."""

    ons: int = 0
    offs: int = 0
    received: int = 0
    ignored_input: int = 0
    coalesced: int = 0
    late_events: int = 0
    late_max_us: int = 0
    lost_input: int = 0  # of ports that are gone
    lost_output: int = 0  # of the same
    missed_cycles: int = 0  # of the same
    pulses_in: int = 0
    pulses_out: int = 0

    def count_note(self, data: bytes) -> None:
        """A note-on or note-off goes to the port."""
        if is_note_on(data):
            self.ons += 1
        else:
            self.offs += 1

    def coalesce(self, count: int) -> None:
        """So many values of controllers came in and were replaced by later ones."""
        self.received += count
        self.coalesced += count

    def count_lateness(self, late_ns: int) -> None:
        """An event with a due time left this much after it."""
        self.late_events += late_ns > LATE_NS
        self.late_max_us = max(self.late_max_us, late_ns // 1000)

    def keep_losses(self, io: MidiIO) -> None:
        """Ports are gone, and their own counts with them."""
        self.lost_input += io.lost_input
        self.lost_output += io.lost_output
        self.missed_cycles += io.missed_cycles

    def counters(self, timeline: Timelines, echoes: int, overflow: int, io: MidiIO | None) -> Counters:
        """All totals as a message; `overflow`: drops of the queues; `io`: the ports that are open."""
        lost_input, lost_output = (io.lost_input, io.lost_output) if io else (0, 0)
        return Counters(
            ons=self.ons,
            offs=self.offs,
            received=self.received,
            echoes=echoes,
            late_ons_dropped=timeline.late_ons_dropped,
            refused_notes=timeline.refused_notes,
            doubled_notes=timeline.doubled_notes,
            ignored_input=self.ignored_input,
            coalesced=self.coalesced,
            overflow=timeline.overflow + self.lost_input + lost_input + overflow,
            late_events=self.late_events,
            late_max_us=self.late_max_us,
            pulses_in=self.pulses_in,
            pulses_out=self.pulses_out,
            lost_output=self.lost_output + lost_output,
            missed_cycles=self.missed_cycles + (io.missed_cycles if io else 0),
        )
