"""What keeps an answer from being one repeated note, a loop, or the phrase said back.

Taking up a motif is wanted; so a penalty starts only after some events of agreement and grows with each more.
"""

from collections import defaultdict
from collections.abc import Sequence

from realtime.generators.sampling import Float
from realtime.music.melody_codec import DURATIONS, REST, Event

FREE_REPEATS = 3  # of one pitch
REPEAT_PENALTY = 0.8  # logits for each repeat more
FREE_COPY_EVENTS = 6  # of the phrase or of the answer itself
COPY_PENALTY = 0.6
MAX_PENALTY = 6.0


class Guards:
    """Watches one answer grow and lowers the logits of what would bore."""

    def __init__(self, context: Sequence[Event]) -> None:
        self._history: list[int] = []  # events as numbers: this runs for every note, and numbers compare fast
        self._places: dict[int, list[int]] = defaultdict(list)  # where each event stands in the history
        self._sounding: list[int] = []  # pitch ids, rests aside
        for event in context:
            self.add(event)
        self._answer_start = len(self._history)

    def add(self, event: Event) -> None:
        """Tell what was chosen."""
        code = event.pitch_id * len(DURATIONS) + event.duration_id
        self._places[code].append(len(self._history))
        self._history.append(code)
        if event.pitch_id != REST:
            self._sounding.append(event.pitch_id)

    def discourage(self, pitch_logits_P: Float) -> None:
        """Lower the logits, in place, of pitches that would repeat too much."""
        repeats = self._repeats()
        if repeats >= FREE_REPEATS:
            pitch_logits_P[self._sounding[-1]] -= min(MAX_PENALTY, REPEAT_PENALTY * (repeats - FREE_REPEATS + 1))
        for pitch_id, length in self._copied().items():
            pitch_logits_P[pitch_id] -= min(MAX_PENALTY, COPY_PENALTY * (length - FREE_COPY_EVENTS + 1))

    def _repeats(self) -> int:
        """How often the last pitch has just sounded in a row, rests aside."""
        count, sounding = 0, self._sounding
        while count < len(sounding) and sounding[-1 - count] == sounding[-1]:
            count += 1
        return count

    def _copied(self) -> dict[int, int]:
        """Pitch that would extend a copy -> how many events of the answer repeat what came before, in a row.

        Only runs of at least FREE_COPY_EVENTS count.
        """
        history, last = self._history, len(self._history) - 1
        longest = len(history) - self._answer_start
        found: dict[int, int] = {}
        if longest < FREE_COPY_EVENTS:
            return found
        for end in self._places[history[last]][:-1]:
            length = 1
            while length < longest and length <= end and history[end - length] == history[last - length]:
                length += 1
            if length >= FREE_COPY_EVENTS:
                pitch_id = history[end + 1] // len(DURATIONS)
                found[pitch_id] = max(length, found.get(pitch_id, 0))
        return found
