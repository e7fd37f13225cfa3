"""Note-offs that are written again, where JACK has left out cycles of ours. JACK's own thread only.

A client that is late (suspended, or on a busy machine) writes into a cycle that the others have left behind:
what it wrote has then reached nobody, and nobody is told. A note-on may be lost; a note-off would leave a note hanging.
One that comes twice does no harm.
"""

from collections import OrderedDict
from typing import Final

from realtime.player.midi_bytes import is_note, is_note_on
from realtime.player.ports import Outgoing

AGAIN_NS: Final = 100_000_000  # the cycles right after a gap may be late themselves
TIMES: Final = 2  # each
MAX_KEYS: Final = 32
FRAME_MASK: Final = (1 << 32) - 1  # JACK's count of frames goes round


class Again:
    """What ended last, as far as it has not been struck anew."""

    def __init__(self) -> None:
        self._ended: OrderedDict[tuple[str, int, int], tuple[bytes, int]] = OrderedDict()  # message, times to go
        self._next_frame: int | None = None
        self._at_ns: int | None = None
        self.gaps = 0

    def wrote(self, event: Outgoing) -> None:
        """This goes out in the present cycle."""
        if not is_note(event.data):
            return
        key = event.port, event.data[0] & 0x0F, event.data[1]
        self._ended.pop(key, None)
        if not is_note_on(event.data):
            self._ended[key] = event.data, TIMES
            if len(self._ended) > MAX_KEYS:
                self._ended.popitem(last=False)

    def due(self, frame: int, frames: int, start_ns: int) -> list[tuple[str, bytes]]:
        """A cycle begins with `frame`: what is to be written first, with the port of each."""
        gap = self._next_frame is not None and frame != self._next_frame
        self._next_frame = (frame + frames) & FRAME_MASK
        if gap:
            self.gaps += 1
            self._at_ns = self._at_ns or start_ns
        if self._at_ns is None or start_ns < self._at_ns:
            return []
        messages = [(key[0], data) for key, (data, _) in self._ended.items()]
        self._ended = OrderedDict((key, (data, left - 1)) for key, (data, left) in self._ended.items() if left > 1)
        self._at_ns = start_ns + AGAIN_NS if self._ended else None
        return messages
