"""What an output has missed and is to be told first when it is there again. No thread, no I/O.

A device that is unplugged while notes sound may go on sounding them, and that it is gone is noticed late: what was sent
in the meantime has reached nobody.
"""

from collections.abc import Iterable
from typing import Final

from realtime.player.clock import MS_NS
from realtime.player.midi_bytes import note_off, panic_messages, release_messages
from realtime.player.timeline import Key

NOTICED_NS: Final = 3_000 * MS_NS  # a loss is noticed within this time
CHANNELS: Final = 16
EVERY_NOTE: Final = tuple(note_off(channel, pitch) for channel in range(CHANNELS) for pitch in range(128))
EVERY_CHANNEL: Final = tuple(message for channel in range(CHANNELS) for message in panic_messages(channel))


class Owed:
    """Messages by output. `silence` is owed to all there are and to all that come; with `clear` its resets are from the
    beginning."""

    def __init__(self, *, clear: bool = False) -> None:
        self._missed: dict[str, dict[bytes, None]] = {}  # in order, each once
        self._owed_to_all: tuple[bytes, ...] = EVERY_CHANNEL if clear else ()
        self._silenced_ns: dict[str, int] = {}

    def miss(self, port: str, ended: Iterable[Key], now_ns: int) -> None:
        """The output is gone, and these keys may sound there for ever."""
        keys = {(channel, pitch) for key_port, channel, pitch in ended if key_port == port}
        missed = self._missed.setdefault(port, {})
        missed |= dict.fromkeys(note_off(channel, pitch) for channel, pitch in sorted(keys))
        for channel in sorted({channel for channel, _ in keys}):
            missed |= dict.fromkeys(release_messages(channel))
        if self._silenced_ns.get(port, now_ns) > now_ns - NOTICED_NS:
            self._silenced_ns.pop(port, None)  # nobody knows whether it has heard that

    def silence(self) -> None:
        """Nobody knows what sounds, and where. All of it takes a port some cycles: what silences most goes first."""
        self._owed_to_all = (*EVERY_CHANNEL, *EVERY_NOTE)
        self._silenced_ns.clear()

    def pay(self, port: str, now_ns: int) -> list[bytes]:
        """What the output has to be told, which is there now."""
        missed = self._missed.pop(port, {})
        if port in self._silenced_ns:
            return list(missed)
        self._silenced_ns[port] = now_ns
        return [*missed, *self._owed_to_all]
