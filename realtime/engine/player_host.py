"""Keeps a player running: the first, the next one after a loss, another one for other ports. Main loop only."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from realtime.engine.player_link import PlayerLink, PlayerOptions, PlayerProcess, start_player
from realtime.errors import DeviceLostError, HocketError
from realtime.messages import FromPlayer, Message, Ready, SetSound

log = logging.getLogger(__name__)
MAX_RESTARTS: Final = 3  # within
RESTARTS_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class PlayerGone:
    """The pipe of the player with this number has ended."""

    number: int


class PlayerHost:
    """The player there is now. `deliver` gets its messages, in a reader thread; `process`: the first, if it has been
    started already."""

    def __init__(
        self,
        options: PlayerOptions,
        deliver: Callable[[FromPlayer | PlayerGone], object],
        process: PlayerProcess | None = None,
    ) -> None:
        self.options = options  # what the next player is started with
        self._deliver = deliver
        self._number = 0
        self._lost_at: deque[float] = deque(maxlen=MAX_RESTARTS)
        self.lead_seconds = 0.0  # notes must be there so long before they are due
        self._link = self._open(process or start_player(options))

    @property
    def pid(self) -> int:
        """Process id of the player."""
        return self._link.pid

    def wait_ready(self) -> Ready:
        """Wait for the player's first message. Raises `PortError`, `UsageError` or `DeviceLostError`."""
        return self._ready(self._link.wait_ready())

    def send(self, message: Message) -> bool:
        """Send a message; False if the player is gone. The sound it asks for is the next player's too."""
        if isinstance(message, SetSound):
            self.options = self.options.sounding(message)
        return self._link.send(message)

    def is_current(self, gone: PlayerGone) -> bool:
        """Whether it is the player there is now that has gone."""
        return gone.number == self._number

    def restart(self, bpm: float) -> Ready:
        """After a loss. Raises `DeviceLostError` when there were too many, or what `wait_ready` raises."""
        now = time.monotonic()
        if len(self._lost_at) == MAX_RESTARTS and now - self._lost_at[0] < RESTARTS_SECONDS:
            raise DeviceLostError(
                f"the player process ended {MAX_RESTARTS + 1} times within {RESTARTS_SECONDS:g} s; "
                "`hocket doctor` may tell why"
            )
        self._lost_at.append(now)
        log.warning("the player process ended; starting it again")
        return self._replace(replace(self.options, bpm=bpm))

    def change(self, options: PlayerOptions) -> Ready:
        """Another player. Raises `HocketError` where it cannot be started; then the one of before runs again."""
        before = self.options
        try:
            ready = self._replace(options)
        except HocketError:
            self._replace(replace(before, bpm=options.bpm))
            raise
        self.options = options
        return ready

    def close(self) -> None:
        """Let the player release its notes and end."""
        self._link.close()

    def _open(self, process: PlayerProcess) -> PlayerLink:
        self._number += 1
        return PlayerLink(process, partial(self._hear, self._number))

    def _replace(self, options: PlayerOptions) -> Ready:
        self._link.close()
        self._link = self._open(start_player(options))
        return self.wait_ready()

    def _hear(self, number: int, message: FromPlayer | None) -> None:
        if isinstance(message, Ready):  # ports that were lost are there again
            self._ready(message)
        self._deliver(PlayerGone(number) if message is None else message)

    def _ready(self, ready: Ready) -> Ready:
        self.lead_seconds = ready.lead_ms / 1000
        return ready
