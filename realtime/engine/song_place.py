"""Where the song is, for the parts: as the player's transport says. Pure, no clock of its own."""

from typing import Final

from realtime.engine.bar_lines import BarLines
from realtime.messages import Transport

TRANSPORT: Final = "transport"  # holds the bar lines while the beat comes from outside


class SongPlace:
    """The player's transport as it was told last. Until then it plays, as Hocket's own clock does."""

    def __init__(self, bars: BarLines) -> None:
        self._bars = bars
        self._told: Transport | None = None

    @property
    def playing(self) -> bool:
        """Whether the timeline moves."""
        return self._told is None or self._told.playing

    @property
    def epoch(self) -> int:
        """What chunks are placed for; 0 before the first word."""
        return self._told.epoch if self._told else 0

    def take(self, told: Transport) -> bool:
        """What the player says; True if the timeline is another one now, so that parts must begin anew."""
        old, self._told = self._told, told
        if told.source == "internal":
            self._bars.let_go(TRANSPORT)
        else:
            self._bars.set_origin(0)
            self._bars.hold(TRANSPORT)
        return old is not None and told.epoch != old.epoch

    def tick(self, clock_tick: int) -> int:
        """The tick that is now for the parts, where the clock is at `clock_tick`: while the music stands, where it will
        begin. What parts send then waits in the player for the start."""
        return clock_tick if self._told is None or self._told.playing else self._told.tick

    def player_restarted(self) -> None:
        """Its transport is another one; it will say."""
        self._told = None
