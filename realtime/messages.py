"""What engine and player say to one another: small frozen types, one codec, no pickles.

Engine -> player: `ToPlayer`. Player -> engine: `FromPlayer`. Times are `time.monotonic_ns()`, which all
processes of one machine share; ticks are 1/480 beat on the player's timeline.
`WIRE_VERSION` goes out in `Ready`: an engine refuses a player of another version.
"""

from typing import Final

import msgspec

from realtime.music.units import TempoAnchor

WIRE_VERSION: Final = 1


class Message(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Base of all messages; the class name is the tag on the wire."""


class ChunkNote(msgspec.Struct, frozen=True, array_like=True):
    """A note placed on the timeline."""

    start_tick: int
    pitch: int
    duration_ticks: int
    velocity: int


# --- engine -> player ---------------------------------------------------------------------------------


class Chunk(Message, frozen=True, tag=True):
    """Notes of one part, to be played. A generation newer than the part's last one replaces the unsent
    note-ons of older generations from `start_tick` on; an older one is refused."""

    part: str
    generation: int
    channel: int  # 0..15
    start_tick: int
    notes: tuple[ChunkNote, ...]


class Cut(Message, frozen=True, tag=True):
    """End a part now: drop its unsent notes, release what sounds, refuse generations below `generation`."""

    part: str
    generation: int


class SetTempo(Message, frozen=True, tag=True):
    """Change the internal tempo now; answered by a `Clock`."""

    bpm: float


class SetThru(Message, frozen=True, tag=True):
    """MIDI thru: what comes in goes out at once."""

    enabled: bool


class Panic(Message, frozen=True, tag=True):
    """Release all that sounds, then CC 64, 123, 120 and bend centre on the used channels. `everything`: also
    a note-off for all 16 x 128 notes. Answered by `Silenced`."""

    everything: bool = False


class Inject(Message, frozen=True, tag=True):
    """Memory backend only: bytes that arrive at the input port at `time_ns` (0: now)."""

    data: bytes
    time_ns: int = 0


class Quit(Message, frozen=True, tag=True):
    """Release everything and end."""


# --- player -> engine ---------------------------------------------------------------------------------


class Ready(Message, frozen=True, tag=True):
    """First message of a player whose ports are open."""

    wire_version: int
    backend: str
    in_port: str
    out_port: str
    realtime_priority: str  # "fifo", "fifo+latency", "none: <why>"
    warnings: tuple[str, ...] = ()


class Clock(Message, frozen=True, tag=True):
    """The timeline's anchor: sent after `Ready` and after each tempo change."""

    tick: int
    time_ns: int
    bpm: float

    def anchor(self) -> TempoAnchor:
        """The same as a value that converts ticks and times."""
        return TempoAnchor(self.tick, self.time_ns, self.bpm)


class Played(Message, frozen=True, tag=True):
    """A channel message from the musician. A note-on with velocity 0 arrives as a note-off."""

    time_ns: int
    tick: int
    data: bytes  # one whole MIDI channel message


class Sent(Message, frozen=True, tag=True):
    """A note-on or note-off of a part was handed to the port. Only when tracing is on (`--trace`)."""

    part: str
    generation: int
    data: bytes
    due_ns: int
    sent_ns: int


class Counters(Message, frozen=True, tag=True):
    """Totals since the start, twice a second; all counts but `late_max_us`."""

    ons: int = 0
    offs: int = 0
    received: int = 0
    echoes: int = 0  # own output heard back on the input, dropped
    late_ons_dropped: int = 0
    refused_notes: int = 0  # invalid or stale work
    ignored_input: int = 0  # SysEx, real-time and malformed bytes
    overflow: int = 0
    late_events: int = 0  # sent more than 1 ms after they were due
    late_max_us: int = 0


class Silenced(Message, frozen=True, tag=True):
    """Answer to `Panic`: how many notes were released."""

    released: int


class PortLost(Message, frozen=True, tag=True):
    """A port or its server went away; the player goes on in silence."""

    text: str


class Failed(Message, frozen=True, tag=True):
    """The player could not start or go on and ends; `exit_code` as in `realtime.errors`."""

    exit_code: int
    text: str


ToPlayer = Chunk | Cut | SetTempo | SetThru | Panic | Inject | Quit
FromPlayer = Ready | Clock | Played | Sent | Counters | Silenced | PortLost | Failed
