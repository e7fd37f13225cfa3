"""Between a flood of messages and the engine. Pure: no thread, no socket, no clock of its own.

A fader sends as fast as it likes; the engine wants the newest value. Within a window of 5 ms (a third of the 15 ms
that a slider may take to be heard) a value replaces the one that waits for the same control, and the same request made
twice is one. Each window hands on at most a few commands, so that the engine's inbox never fills; a dump of 200
controls then takes 65 ms. Order is kept: a value that comes after a request never overtakes it.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from realtime.engine import commands as ask
from realtime.messages import Panic, SetTempo

WINDOW_SECONDS: Final = 0.005
COMMANDS_A_WINDOW: Final = 16
MAX_WAITING: Final = 1024


class Funnel:
    """Commands that wait, oldest first."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[Hashable, ask.Command] = OrderedDict()
        self._requests = 0  # that were put in; values before and after one are not the same
        self._open_at = 0.0
        self.dropped = 0

    def put(self, command: ask.Command) -> bool:
        """Let a command wait; False if there is no room for it. A panic comes before all others."""
        subject = _subject(command)
        key = command if subject is None else (self._requests, subject)
        if key not in self._waiting and len(self._waiting) >= MAX_WAITING and not _is_panic(command):
            self.dropped += 1
            return False
        if subject is None and key not in self._waiting:
            self._requests += 1
        self._waiting[key] = command
        if _is_panic(command):
            self._waiting.move_to_end(key, last=False)
        return True

    def take(self, now_seconds: float) -> list[ask.Command]:
        """What may go on now; nothing while the last window is not over."""
        if now_seconds < self._open_at or not self._waiting:
            return []
        self._open_at = now_seconds + WINDOW_SECONDS
        return [self._waiting.popitem(last=False)[1] for _ in range(min(COMMANDS_A_WINDOW, len(self._waiting)))]

    def wait_seconds(self, now_seconds: float) -> float | None:
        """How long until `take` gives something; None: nothing waits."""
        return max(0.0, self._open_at - now_seconds) if self._waiting else None


def _subject(command: ask.Command) -> Hashable:
    """What a command gives a value to, so that a newer one stands for it; None: it is a request of its own."""
    match command:
        case ask.SetControl(name, _, part) | ask.SetRule(name, _, part):
            return (type(command), part, name)
        case ask.MorphBetween(part=part):
            return (ask.MorphBetween, part)
        case ask.Forward(SetTempo()):
            return SetTempo
    return None


def _is_panic(command: ask.Command) -> bool:
    return isinstance(command, ask.Forward) and isinstance(command.message, Panic)
