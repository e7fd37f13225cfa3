"""What has just been played and answered, remembered: the network's choices lean towards the tune at hand.

A short-term model in the sense of Conklin and Witten (1995), as an interpolated n-gram with discounting (Pitman-Yor
form, Teh 2006) whose last resort is the network itself: where the tune has said nothing yet, nothing changes. It
counts intervals, so a motif is recognised in any transposition; durations are remembered with the interval they
came with. Pure Python on small dicts, because it serves one event at a time.

Shapes: P pitch ids, D duration ids.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.melody_codec import PITCHES, REST, Event

Probabilities = npt.NDArray[np.float64]
Context = tuple[tuple[int, int], ...]  # (interval, duration id) of the last events
REST_STEP: Final = 1000  # the "interval" of a rest
UNSETTLED_EVENTS: Final = 3  # at the end of a phrase being played: the next note may still change how they are read


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySettings:
    """How much what was heard counts against what the network says. Chosen on held-out (valid) tunes."""

    discount: float = 0.6  # taken off every count for what has not been heard
    # For contexts of 1, 2, ... events: events' worth of trust in the next shorter one, and at last in the network.
    concentrations: tuple[float, ...] = (60.0, 16.0, 5.0, 1.5, 0.5, 0.3, 0.3, 0.3)


class TuneMemory:
    """Counts of a tune. `add` every event in order; ask for the next one's probabilities in between.

    A memory may stand on a `base` that stays as it is: an answer adds to its own, the phrase it answers lies below.
    """

    def __init__(self, settings: MemorySettings | None = None, *, base: "TuneMemory | None" = None) -> None:
        self.settings: MemorySettings = base.settings if base else settings or MemorySettings()
        self._layers: list[dict[object, dict[int, int]]] = [{}, *(base._layers if base else [])]
        size = len(self.settings.concentrations)
        self._recent: deque[tuple[int, int]] = deque(base._recent if base else (), maxlen=size)
        self._last_pitch: int | None = base._last_pitch if base else None

    def add(self, event: Event) -> None:
        """Remember that `event` came next."""
        step = self._step(event.pitch_id)
        recent = tuple(self._recent)
        for size in range(1, len(recent) + 1):
            context = recent[-size:]
            self._count(context, step)
            self._count((context, step), event.duration_id)
        self._recent.append((step, event.duration_id))
        if not event.is_rest:
            self._last_pitch = event.pitch_id

    def extend(self, events: Iterable[Event]) -> None:
        """Remember several events."""
        for event in events:
            self.add(event)

    def pitch(self, network_P: Probabilities) -> Probabilities:
        """Probabilities of the next pitch (or rest), given the network's."""
        mixed_P = network_P
        for context, concentration in self._contexts():
            counts = self._counts(context)
            if not counts:
                break  # a longer context was not heard either
            by_pitch = {self._pitch_of(step): count for step, count in counts.items()}
            mixed_P = self._mix(mixed_P, by_pitch, concentration)
        return mixed_P

    def duration(self, network_D: Probabilities, pitch_id: int) -> Probabilities:
        """Probabilities of the next duration, given the pitch that was chosen."""
        step = self._step(pitch_id)
        mixed_D = network_D
        for context, concentration in self._contexts():
            counts = self._counts((context, step))
            if not counts:
                break
            mixed_D = self._mix(mixed_D, counts, concentration)
        return mixed_D

    def _step(self, pitch_id: int) -> int:
        if pitch_id == REST:
            return REST_STEP
        return 0 if self._last_pitch is None else pitch_id - self._last_pitch

    def _count(self, key: object, symbol: int) -> None:
        counts = self._layers[0].setdefault(key, {})
        counts[symbol] = counts.get(symbol, 0) + 1

    def _counts(self, key: object) -> dict[int, int]:
        """How often each symbol followed, in all layers."""
        found = [layer[key] for layer in self._layers if key in layer]
        if len(found) < 2:
            return found[0] if found else {}
        total = dict(found[0])
        for counts in found[1:]:
            for symbol, count in counts.items():
                total[symbol] = total.get(symbol, 0) + count
        return total

    def _contexts(self) -> Iterator[tuple[Context, float]]:
        """What came last, longer and longer, and how much the next shorter one is trusted beside it."""
        recent = tuple(self._recent)
        for size in range(1, len(recent) + 1):
            yield recent[-size:], self.settings.concentrations[size - 1]

    def _pitch_of(self, step: int) -> int:
        """The pitch id a step leads to; -1 outside the codec's range."""
        if step == REST_STEP:
            return REST
        pitch_id = (self._last_pitch or 0) + step
        return pitch_id if 0 <= pitch_id < PITCHES else -1

    def _mix(self, shorter: Probabilities, counts: dict[int, int], concentration: float) -> Probabilities:
        discount, total = self.settings.discount, sum(counts.values())
        mixed: Probabilities = shorter * ((concentration + discount * len(counts)) / (total + concentration))
        for symbol, count in counts.items():
            if symbol >= 0:
                mixed[symbol] += (count - discount) / (total + concentration)
        mixed /= mixed.sum()
        return mixed


class PhraseMemory:
    """The memory of a phrase while it is being played: fed as it grows, so that nothing is left to do at its end."""

    def __init__(self) -> None:
        self._settled: list[Event] = []
        self._base = TuneMemory()

    def of(self, events: Sequence[Event]) -> TuneMemory:
        """A memory that has heard `events` and may hear more; its own, on top of what was settled before."""
        settled = list(events[:-UNSETTLED_EVENTS])
        known = len(self._settled)
        if settled[:known] != self._settled:
            self._base, self._settled, known = TuneMemory(), [], 0
        self._base.extend(settled[known:])
        self._settled = settled
        memory = TuneMemory(base=self._base)
        memory.extend(events[len(settled) :])
        return memory
