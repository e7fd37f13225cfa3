"""What leads the beat, as the conductor sees it: one interface for all sources. Pure objects fed with times."""

from dataclasses import dataclass
from typing import NoReturn

from realtime.errors import UsageError
from realtime.music.units import TempoAnchor
from realtime.player.ports import SystemTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Where a source says that the music is and goes."""

    playing: bool
    locked: bool = True  # whether a beat from outside is followed now; always, where Hocket leads
    song_tick: int = 0  # stopped: where playing will begin; playing: where it began, ahead of a count-in
    jumps: int = 0  # rises with each relocation
    peers: int = 0  # Link: others in the session
    line: TempoAnchor | None = None  # the beat, while stopped too; None: it goes on as it does


class SyncSource:
    """Base of all sources: what each can leave as it is. `what` names it in messages to people."""

    name = ""
    what = ""

    def attach(self, transport: SystemTransport | None, lead_ns: int = 0) -> None:
        """Other ports are open; `transport` is their MIDI system's, where it has one. What is sent must be known
        `lead_ns` before it is due. Raises `PortError`."""

    def hear(self, time_ns: int, data: bytes) -> None:
        """A system message of the input that bears on time (`midi_bytes.SYNC_STATUSES`)."""

    def heading(self, now_ns: int) -> Heading:
        """Where the music is. Times of calls rise."""
        raise NotImplementedError

    def start(self) -> None:
        """Roll from the song position."""
        self._refuse("start")

    def stop(self) -> None:
        """Stand still."""
        self._refuse("stop")

    def locate(self, tick: int) -> None:
        """Move the song position."""
        self._refuse("locate")

    def set_bpm(self, bpm: float) -> None:
        """Change the tempo; `UsageError` outside 20..400 or where another program leads."""
        self._refuse("set the tempo")

    def close(self) -> None:
        """Let go of what is held outside."""

    def _refuse(self, what: str) -> NoReturn:
        raise UsageError(f"cannot {what}: {self.what} leads; do it there, or choose --sync internal")
