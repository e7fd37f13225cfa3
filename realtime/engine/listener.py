"""What the musician is playing: MIDI bytes in, the phrase so far out. No thread, no clock of its own."""

from collections import deque

from realtime.messages import Played
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter

MAX_NOTES, KEPT_NOTES = 640, 384  # of one phrase: more than any model reads; the oldest are forgotten in blocks
NOTE_OFF, NOTE_ON, CONTROL_CHANGE = 0x80, 0x90, 0xB0
SUSTAIN = 64  # control number; 64..127 is down


class Listener:
    """Collects one phrase. Ticks are the timeline's; those of the notes it gives count from `origin_tick`."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._held: dict[tuple[int, int], tuple[int, int]] = {}  # (channel, pitch) -> (start tick, velocity)
        self._done: list[Note] = []
        self._onsets: deque[int] = deque(maxlen=16)
        self.origin_tick = 0
        self.pedal_down = False
        self.last_release_tick = 0
        self.first_tick: int | None = None  # where the phrase began; None: nothing played yet

    def add(self, played: Played) -> bool:
        """Take one channel message; True if it started a note."""
        kind, channel = played.data[0] & 0xF0, played.data[0] & 0x0F
        if kind == NOTE_ON:
            self._close((channel, played.data[1]), played.tick)
            self._held[channel, played.data[1]] = (played.tick, played.data[2])
            self._onsets.append(played.tick)
            self.first_tick = played.tick if self.first_tick is None else self.first_tick
            return True
        if kind == NOTE_OFF:
            self._close((channel, played.data[1]), played.tick)
        elif kind == CONTROL_CHANGE and played.data[1] == SUSTAIN:
            self.pedal_down = played.data[2] >= 64
            self.last_release_tick = played.tick
        return False

    def _close(self, key: tuple[int, int], tick: int) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            start, velocity = held
            self._done.append(Note(start - self.origin_tick, key[1], max(1, tick - start), velocity))
            if len(self._done) > MAX_NOTES:
                del self._done[:-KEPT_NOTES]
            self.last_release_tick = max(self.last_release_tick, tick)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been played since the last `clear`."""
        return not self._done and not self._held

    @property
    def keys_held(self) -> int:
        """How many keys are down."""
        return len(self._held)

    @property
    def onsets(self) -> tuple[int, ...]:
        """Start ticks of the last notes, oldest first."""
        return tuple(self._onsets)

    def phrase(self, until_tick: int) -> Phrase:
        """All of it, with keys still down ending at `until_tick` (of the timeline)."""
        held = (
            Note(start - self.origin_tick, pitch, max(1, until_tick - start), velocity)
            for (_, pitch), (start, velocity) in self._held.items()
        )
        return Phrase.of((*self._done, *held), meter=self._meter)

    def take_done(self) -> list[Note]:
        """The notes that have ended, once."""
        done, self._done = self._done, []
        return done

    def clear(self) -> None:
        """Begin a new phrase. Keys still down belong to the old one: their release will be ignored."""
        self._held.clear()
        self._done.clear()
        self._onsets.clear()
        self.first_tick = None
