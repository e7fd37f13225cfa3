"""Whose turn it is. A state machine without threads: events in, actions out.

The shell (`engine.py`) tells it what was played and what time it is, and carries out the actions it returns.

Bars are counted from the musician's first note. With Hocket's own clock nobody hears where its bar lines are, so the
phrase itself says: its first note is the first beat of a bar. Ticks are the timeline's outside this module, and
count from that note (`origin`) in contexts and answers.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from realtime.engine.bar_lines import BarLines
from realtime.engine.listener import CONTROL_CHANGE, NOTE_ON, SUSTAIN, Listener
from realtime.engine.phrase_end import (
    GRIDS,
    LENGTHS,
    TURN_ENDS,
    answer_ticks,
    grid_ticks,
    next_grid_tick,
    phrase_end_tick,
    seconds_to_ticks,
)
from realtime.errors import UsageError
from realtime.messages import Played
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter

HAND_OVER_SECONDS = 0.025  # before a bar line that is the model's: the answer is under way when it comes
PUNCTUAL_SECONDS = 0.02  # a deadline seen at most this late counts as met
REMEMBERED_NOTES = 512  # of the last answer
MAX_TURN_BARS = 64
LISTEN_ON, LISTEN_OFF = LISTENS = ("on", "off")
RULE_CHOICES = {"end": TURN_ENDS, "grid": GRIDS, "length": LENGTHS, "listen": LISTENS}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRules:
    """How turns are taken. Names as in `phrase_end`: TURN_ENDS, GRIDS, LENGTHS."""

    end: str = "auto"
    grid: str = "beat"
    length: str = "phrase"
    listen: str = LISTEN_ON  # off: nothing is answered but when the turn is handed over
    bars: int = 2  # of a trade, and of a "bars" answer
    meter: Meter = field(default_factory=Meter)

    def changed(self, name: str, value: float | str) -> "TurnRules":
        """The same with another `end`, `grid`, `length`, `listen` or `bars`. Raises `UsageError`."""
        if name == "bars":
            if not str(value).removesuffix(".0").isdecimal() or not 1 <= int(float(value)) <= MAX_TURN_BARS:
                raise UsageError(f"bars must be 1..{MAX_TURN_BARS}, got {value}")
            return replace(self, bars=int(float(value)))
        if name not in RULE_CHOICES:
            raise UsageError(f"there is no rule {name!r} (there are {', '.join((*RULE_CHOICES, 'bars'))})")
        if value not in RULE_CHOICES[name]:
            raise UsageError(f"{name} must be one of {', '.join(RULE_CHOICES[name])}, got {value!r}")
        return replace(self, **{name: value})  # type: ignore[arg-type]  # the names are those of str fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Fill the cache with the phrase so far; an answer would start at `start_tick` (both from the origin)."""

    context: Phrase
    start_tick: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Play an answer. `context` and `start_tick` count from `origin_tick` of the timeline.

    If it cannot begin there, it is to begin on a later point of the grid; a trade ends at its bar line all the same.
    """

    context: Phrase
    start_tick: int
    length_ticks: int
    origin_tick: int
    grid_ticks: int
    keeps_end: bool


@dataclass(frozen=True, slots=True)
class Yield:
    """The player is back: end the answer now."""


Action = Prepare | Answer | Yield


class TurnKeeper:
    """Listens to the player and decides. `bpm` is the tempo now; `bars` says what ticks count from; notes have to leave
    `lead_seconds` before they are due."""

    def __init__(
        self,
        rules: TurnRules,
        bpm: Callable[[], float],
        bars: BarLines | None = None,
        lead_seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.rules = rules
        self._bpm, self._lead_seconds = bpm, lead_seconds
        self._bars = bars or BarLines(rules.meter)
        self._listener = Listener(rules.meter)
        self._origin_tick = 0
        self._answer_end_tick: int | None = None  # of the timeline; None: listening
        self._last_answer: deque[Note] = deque(maxlen=REMEMBERED_NOTES)
        self._trade_start_tick: int | None = None  # where the player's bars began, from the origin; None: no trade yet

    @property
    def answering(self) -> bool:
        """Whether it is the model's turn."""
        return self._answer_end_tick is not None

    def played(self, played: Played) -> list[Action]:
        """Take one message of the musician."""
        if self.rules.listen == LISTEN_OFF:
            return []
        kind = played.data[0] & 0xF0
        if self.rules.end == "pedal" and kind == CONTROL_CHANGE and played.data[1] == SUSTAIN:
            return self.hand_over(played.tick) if played.data[2] >= 64 else []
        listener = self._listener
        if kind == NOTE_ON and listener.is_empty:
            self._begin_phrase(played.tick)
        started = listener.add(played)
        actions: list[Action] = []
        if started and self.answering:
            self._answer_end_tick = None
            actions.append(Yield())
        if not self.answering and not listener.is_empty:
            actions.append(self._preparation(played.tick))
        return actions

    def _begin_phrase(self, tick: int) -> None:
        """The first note: bars are counted from here. A trade under way keeps its bars."""
        if self.rules.end != "trade" or self._trade_start_tick is None:
            self._origin_tick = self._listener.origin_tick = self._bars.begin_phrase(tick)
            self._trade_start_tick = 0

    def _preparation(self, now_tick: int) -> Prepare:
        deadline = self.deadline_tick()
        end = now_tick if deadline is None else max(now_tick, deadline)
        start = next_grid_tick(end - self._origin_tick, self.rules.grid, self.rules.meter)
        return Prepare(context=self._listener.phrase(now_tick), start_tick=start)

    def deadline_tick(self) -> int | None:
        """The tick at which something is to be decided, if nothing happens before; None: nothing to wait for."""
        if self._answer_end_tick is not None:
            return self._answer_end_tick
        if self.rules.end == "trade" and self._trade_start_tick is not None:
            end = self._trade_start_tick + self.rules.bars * self.rules.meter.bar_ticks
            return self._origin_tick + end - seconds_to_ticks(HAND_OVER_SECONDS + self._lead_seconds(), self._bpm())
        listener = self._listener
        if self.rules.end == "auto" and not listener.is_empty and not listener.keys_held and not listener.pedal_down:
            return phrase_end_tick(listener.onsets, listener.last_release_tick, self._bpm())
        return None

    def passed(self, now_tick: int) -> list[Action]:
        """Tell that it is `now_tick`: the answer may be over, the phrase may have ended."""
        deadline = self.deadline_tick()
        if deadline is None or now_tick < deadline:
            return []
        if self._answer_end_tick is not None:
            self._trade_start_tick = self._answer_end_tick - self._origin_tick
            self._answer_end_tick = None
            return []
        if self.rules.end == "trade" and self._listener.is_empty:
            self._trade_start_tick = None  # nothing was played in these bars: wait for the next first note
            return []
        # Exactly where `Prepare` said: what was prepared holds, and the answer does not hang on when the loop woke up.
        is_punctual = now_tick - deadline <= seconds_to_ticks(PUNCTUAL_SECONDS, self._bpm())
        return self.hand_over(deadline if is_punctual else now_tick)

    def hand_over(self, now_tick: int) -> list[Action]:
        """It is the model's turn: on the next grid point, or at a trade's bar line.

        With nothing played, the answer goes on from the last answer, or opens by itself.
        """
        first_tick = self._listener.first_tick
        phrase = self._listener.phrase(now_tick)
        self._listener.clear()
        if not phrase.notes:
            self._origin_tick = self._bars.origin_tick if self._bars.held else self._origin_tick
            recent = [note for note in self._last_answer if note.end_tick <= now_tick]
            phrase = Phrase.of((note.shifted(-self._origin_tick) for note in recent), meter=self.rules.meter)
        now = now_tick - self._origin_tick
        start, length = self._placing(phrase, None if first_tick is None else first_tick - self._origin_tick, now)
        self._answer_end_tick = self._origin_tick + start + length
        self._last_answer.clear()
        is_trade = self.rules.end == "trade"
        return [
            Answer(
                context=phrase,
                start_tick=start,
                length_ticks=length,
                origin_tick=self._origin_tick,
                grid_ticks=grid_ticks("beat" if is_trade else self.rules.grid, self.rules.meter),
                keeps_end=is_trade,
            )
        ]

    def begins(self, start_tick: int, length_ticks: int) -> None:
        """Tell where the answer does begin, on the timeline, and how long it is."""
        if self.answering:
            self._answer_end_tick = start_tick + length_ticks

    def _placing(self, phrase: Phrase, first_tick: int | None, now_tick: int) -> tuple[int, int]:
        rules = self.rules
        if rules.end == "trade":
            return next_grid_tick(now_tick, "bar", rules.meter), rules.bars * rules.meter.bar_ticks
        start = next_grid_tick(now_tick, rules.grid, rules.meter)
        if not phrase.notes:
            first, last = start - rules.bars * rules.meter.bar_ticks, start
        else:
            first = phrase.notes[0].start_tick if first_tick is None else first_tick
            last = max(note.end_tick for note in phrase.notes)
        return start, answer_ticks(rules.length, rules.bars, first, last, rules.meter)

    def stop(self) -> list[Action]:
        """End the answer, if there is one, and forget the phrase so far."""
        was_answering, self._answer_end_tick = self.answering, None
        self._listener.clear()
        self._trade_start_tick = None
        return [Yield()] if was_answering else []

    def answered(self, note: Note) -> None:
        """Tell of a note of the answer (on the timeline), so that a second answer can go on from it."""
        self._last_answer.append(note)
