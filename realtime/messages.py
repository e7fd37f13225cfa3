"""What engine and player say to one another: small frozen types, one codec, no pickles.

Engine -> player: `ToPlayer`. Player -> engine: `FromPlayer`. Times are `time.monotonic_ns()`, which all
processes of one machine share; ticks are 1/480 beat on the player's timeline.
`WIRE_VERSION` goes out in `Ready`: an engine refuses a player of another version.
"""

from typing import Final

from realtime.message import ChunkNote as ChunkNote
from realtime.message import Message as Message
from realtime.message import Way as Way
from realtime.music.units import TempoAnchor
from realtime.port_news import InputMuted as InputMuted
from realtime.port_news import Plugged as Plugged
from realtime.port_news import PortLost as PortLost
from realtime.port_news import PortsSeen as PortsSeen
from realtime.port_news import SeenPort as SeenPort

WIRE_VERSION: Final = 8
MAX_CHUNK_NOTES: Final = 512  # read in 0.1 ms: while a message is read, the thread of the MIDI system waits
ASIDE: Final = "aside:"  # begins the names of parts that play by the running clock, also while the transport stands
THRU_OFF, THRU_CONTROLS, THRU_ALL = THRU_MODES = ("off", "controls", "all")


# --- engine -> player ---------------------------------------------------------------------------------


class Chunk(Message, frozen=True, tag=True):
    """Notes of one part, to be played, at most `MAX_CHUNK_NOTES`. A generation newer than the part's last one replaces
    the unsent note-ons of older generations from `start_tick` on; an older one is refused."""

    part: str
    generation: int
    channel: int  # 0..15
    start_tick: int
    notes: tuple[ChunkNote, ...]
    monophonic: bool = False  # each note-on ends what else of the part sounds
    port: str = ""  # name of an output of its own; empty: the common one
    epoch: int = 0  # of the `Transport` the ticks are meant for; 0: whatever plays, and refused while stopped


class Cut(Message, frozen=True, tag=True):
    """End a part now: drop its unsent notes, release what sounds, refuse generations below `generation`."""

    part: str
    generation: int


class SetPorts(Message, frozen=True, tag=True):
    """The outputs there are to be beside the common one: others are released and closed, new ones opened. What is
    placed for an output that is not there (yet) is lost, and counted. Answered by a `Plugged` for each that opens."""

    names: tuple[str, ...]


class Program(Message, frozen=True, tag=True):
    """The sound of a part's channel: bank and program are sent now, and whenever the output is opened anew."""

    part: str
    port: str
    channel: int  # 0..15
    bank: int  # 0..16383
    program: int  # 1..128, as musicians count; 0: leave the sound alone from now on


class SetTempo(Message, frozen=True, tag=True):
    """Change the internal tempo now; answered by a `Clock`."""

    bpm: float


class TapTempo(Message, frozen=True, tag=True):
    """A tap of the beat at `time_ns` (0: now); from the second one on the tempo is that of the taps."""

    time_ns: int = 0


class StartTransport(Message, frozen=True, tag=True):
    """Play from the song position, after the count-in; with JACK or Link, for all who take part."""


class StopTransport(Message, frozen=True, tag=True):
    """Stand still: what sounds is released, what waits is dropped."""


class Locate(Message, frozen=True, tag=True):
    """Move the song position."""

    tick: int


class SetSync(Message, frozen=True, tag=True):
    """Let another lead the beat (`realtime.player.sync.options`), and time what is sent anew; releases first."""

    source: str = "internal"
    clock_out: bool = False
    offset_ms: float = 0.0
    start_stop: bool = False


class SetThru(Message, frozen=True, tag=True):
    """MIDI thru: what comes in goes out at once. What it holds is released first."""

    mode: str  # one of `THRU_MODES`
    to: tuple[Way, ...] = ()  # where; notes to the first of them. Empty: the common output, each on its own channel
    but: tuple[tuple[int, int], ...] = ()  # controllers that are left out: (channel 0..15, number)


class SetSound(Message, frozen=True, tag=True, kw_only=True):
    """The built-in sound on or off, with another font or audio device; the ports hear nothing of it. Answered by a
    `SoundChanged`."""

    on: bool
    soundfont: str = ""  # file; empty: the first that is found
    audio: str = ""  # audio device by (part of) its name; empty: the usual one


class Panic(Message, frozen=True, tag=True):
    """Release all that sounds, then CC 64, 123, 120 and bend centre on the used channels. `everything`: also
    a note-off for all 16 x 128 notes. Answered by `Silenced`."""

    everything: bool = False


class Inject(Message, frozen=True, tag=True):
    """A key on the screen, or a musician who needs no port: bytes that count as having arrived at the input at
    `time_ns` (0: now), with any back end and without open ports; never taken for an echo."""

    data: bytes
    time_ns: int = 0


class WatchPorts(Message, frozen=True, tag=True):
    """Tell which ports there are, now and whenever that changes, by `PortsSeen`; or no longer."""

    on: bool = True


class ListenAgain(Message, frozen=True, tag=True):
    """Hear the input though our own output comes back there (`InputMuted`), until ports are opened anew."""


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
    lead_ms: float = 0.0  # notes must be there so long before they are due: JACK's periods


class Clock(Message, frozen=True, tag=True):
    """The timeline's anchor: sent after `Ready`, after each tempo change and relocation, and when a beat from outside
    has come to differ from the last one by two ticks."""

    tick: int
    time_ns: int
    bpm: float

    def anchor(self) -> TempoAnchor:
        """The same as a value that converts ticks and times."""
        return TempoAnchor(self.tick, self.time_ns, self.bpm)


class Transport(Message, frozen=True, tag=True):
    """Whether the timeline plays, and where: sent after the first `Clock` and after each change.

    While it stands the clock runs on, for listening; what is placed with this `epoch` waits for the start. A tick
    comes twice only after a start or a change of `epoch`.
    """

    playing: bool
    tick: int  # stopped: where playing will begin; playing: where it began
    source: str
    locked: bool = True  # whether a beat from outside is there; always, where Hocket leads
    peers: int = 0  # Link: how many others are in the session
    counting_in: bool = False  # playing, but not at `tick` yet
    epoch: int = 1  # rises when the song position is moved and at each stop: what was placed before is dropped


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
    port: str = ""


class Accepted(Message, frozen=True, tag=True):
    """A chunk has been placed on the timeline, and what it replaces is gone. Only when tracing is on (`--trace`)."""

    part: str
    generation: int
    time_ns: int


class Counters(Message, frozen=True, tag=True):
    """Totals since the start, twice a second; all counts but `late_max_us`."""

    ons: int = 0
    offs: int = 0
    received: int = 0
    echoes: int = 0  # own output heard back on the input, dropped
    late_ons_dropped: int = 0
    refused_notes: int = 0  # invalid or stale work
    doubled_notes: int = 0  # struck at a tick at which another note had just struck the same pitch
    ignored_input: int = 0  # SysEx, real-time and malformed bytes
    coalesced: int = 0  # received values of controllers that later ones have replaced, in a flood
    overflow: int = 0
    late_events: int = 0  # sent more than 1 ms after they were due
    late_max_us: int = 0
    pulses_in: int = 0  # of the MIDI clock that is followed
    pulses_out: int = 0  # of ours
    lost_output: int = 0  # messages for an output that was not there
    missed_cycles: int = 0  # JACK's, in which the player was not called in time (an xrun): events of it are late


class Silenced(Message, frozen=True, tag=True):
    """Answer to `Panic`: how many notes were released."""

    released: int


class SoundChanged(Message, frozen=True, tag=True):
    """The built-in sound is there, or is not, and why."""

    there: bool
    text: str = ""


class Failed(Message, frozen=True, tag=True):
    """The player could not start or go on and ends; `exit_code` as in `realtime.errors`."""

    exit_code: int
    text: str


# fmt: off
ToPlayer = (
    Chunk | Cut | SetPorts | Program | SetTempo | TapTempo | StartTransport | StopTransport | Locate | SetSync | SetThru
    | SetSound | Panic | Inject | WatchPorts | ListenAgain | Quit
)
FromPlayer = (
    Ready | Clock | Transport | Played | Sent | Accepted | Counters | Silenced | Plugged | PortsSeen | PortLost
    | InputMuted | SoundChanged | Failed
)
# fmt: on
