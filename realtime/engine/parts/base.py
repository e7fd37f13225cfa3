"""What the engine asks of every part of the rack, and what a part gets from the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from realtime.bundle.spec import BundleSpec
from realtime.engine.bar_buffer import BarBuffer
from realtime.engine.bar_lines import BarLines
from realtime.engine.commands import Command
from realtime.engine.phrase_end import seconds_to_ticks
from realtime.engine.reports import PartDescribed, PartLoad, PartState, Report
from realtime.engine.setup import PartSetup
from realtime.messages import Message, Played, Way

HAND_OVER_SECONDS: Final = 0.02
WAY_SECONDS: Final = 0.012  # from the engine's decision into the player's timeline
NOTE_WAY_SECONDS: Final = 0.005  # the same for one note, which its model's thread sends by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The engine as its parts see it. `post` may be called from any thread; all else in the main loop."""

    bars: BarLines
    buffer: BarBuffer
    send: Callable[[Message], object]  # to the player; any thread
    post: Callable[[str, Any], None]  # (part's name, what its thread says): comes back as `heard`
    observe: Callable[[Report], None]
    now_tick: Callable[[], int]  # any thread
    now_ns: Callable[[], int]  # any thread
    bpm: Callable[[], float]
    playing: Callable[[], bool]  # whether time passes; while it stands, now is where the music will begin
    lead_seconds: Callable[[], float]  # the player wants notes so long before they are due

    def hand_over_ticks(self) -> int:
        """What is to sound sooner than this from now on might come too late to the player."""
        return seconds_to_ticks(max(HAND_OVER_SECONDS, self.lead_seconds() + WAY_SECONDS), self.bpm())

    def first_generation(self) -> int:
        """Of a part that is new. Later than those of a part of its name that was there before: the player knows them
        still, and refuses what is older. No part has a thousand in a second."""
        return self.now_ns() // 1_000_000

    def soonest_tick(self) -> int:
        """What is decided now can sound from here on."""
        return self.now_tick() + (self.hand_over_ticks() if self.playing() else 0)

    def soonest_note_tick(self, seconds: float) -> int:
        """A note that will be there in so long can sound from here on. Any thread."""
        ticks = seconds_to_ticks(self.lead_seconds() + seconds, self.bpm())
        return self.now_tick() + (ticks if self.playing() else 0)


class Part(Protocol):
    """One part. Main loop only."""

    name: str

    @property
    def spec(self) -> BundleSpec:
        """The model's manifest."""

    @property
    def last_channel(self) -> int:
        """The last MIDI channel that its voices use, 1..16."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """The outputs and channels of its voices."""

    def described(self) -> PartDescribed:
        """The part with all its controls."""

    def state(self) -> PartState:
        """The part as it is now."""

    def load(self) -> PartLoad:
        """What its model costs."""

    def start(self) -> None:
        """The player is there; begin."""

    def introduce(self) -> None:
        """Tell the player what the voices sound like: at the start, and when it is another process."""

    def played(self, played: Played) -> None:
        """A channel message of the musician."""

    def deadline_tick(self) -> int | None:
        """When `passed` is to be called at the latest; None: nothing to wait for."""

    def passed(self, now_tick: int) -> None:
        """It is `now_tick`."""

    def heard(self, said: Any) -> None:
        """What the part's own thread has said."""

    def command(self, command: Command) -> bool:
        """Carry a command out; False if this part has nothing to do with it. Raises `UsageError`."""

    def settings(self) -> Mapping[str, float]:
        """All controls by name, as they are."""

    def kept(self) -> PartSetup:
        """The setup as it has become: what a session file keeps."""

    def set_silent(self, silent: bool) -> None:
        """Muted, or out of the way of another's solo: release and send nothing; time goes on."""

    def player_restarted(self) -> None:
        """The player is another process now, and its timeline another one."""

    def stop(self) -> None:
        """Release everything and end the part's thread."""
