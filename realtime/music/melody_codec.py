"""The melody codec: a monophonic line as (pitch or rest, duration) events, and what the network is told of each.

One model step is one event. The network reads, for each event, six features of what is past (`FEATURES`) and
predicts the next event's pitch, then its duration given that pitch. Tables are data: sizes, offsets, encode,
decode and the bundle's codec hash all follow from them.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from realtime.music.line import LineNote, melody_line
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ, Meter

PITCH_LOW: Final = 36
PITCH_HIGH: Final = 96  # inclusive
PITCHES: Final = PITCH_HIGH - PITCH_LOW + 1
REST: Final = PITCHES  # the pitch id of a rest
PITCH_IDS: Final = PITCHES + 1

# In 24ths of a beat: 32nd triplets to four bars of 4/4, with dots and the ties that tunes use.
DURATIONS: Final = tuple(
    n * PPQ // 24
    for n in (
        2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 84, 90, 96, 108, 120, 144, 192, 240, 288, 384,
    )
)  # fmt: skip
INTERVAL_CLIP: Final = 24
POSITION_TICKS: Final = PPQ // 12  # where in its bar an event starts: thirds of a sixteenth
POSITIONS: Final = 96
METERS: Final = (
    (2, 4), (4, 4), (3, 4), (6, 8), (2, 2), (3, 8), (12, 8), (3, 2), (9, 8), (6, 4), (4, 2),
)  # fmt: skip
STYLES: Final = ("any", "strings", "dance", "song", "chorale")


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of the network: how many ids it has. All features share one embedding table, one after another."""

    name: str
    size: int


FEATURES: Final = (
    Feature("pitch", PITCH_IDS + 1),  # last id: nothing before
    Feature("duration", len(DURATIONS) + 1),  # last id: nothing before
    Feature("interval", 2 * INTERVAL_CLIP + 3),  # from the last sounding pitch; then: rest, nothing before
    Feature("position", POSITIONS + 1),  # of the event to come; last id: unknown
    Feature("meter", len(METERS) + 1),  # last id: another
    Feature("style", len(STYLES)),
)
OFFSETS: Final = tuple(sum(f.size for f in FEATURES[:i]) for i in range(len(FEATURES)))
TABLE_SIZE: Final = sum(f.size for f in FEATURES)
NO_PITCH, NO_DURATION = PITCH_IDS, len(DURATIONS)
INTERVAL_REST, NO_INTERVAL = 2 * INTERVAL_CLIP + 1, 2 * INTERVAL_CLIP + 2
POSITION_UNKNOWN, METER_OTHER = POSITIONS, len(METERS)

Row = tuple[int, int, int, int, int, int]  # ids of the six features, each already offset into the shared table


@dataclass(frozen=True, slots=True)
class Event:
    """A pitch id (or REST) and a duration id."""

    pitch_id: int
    duration_id: int

    @property
    def ticks(self) -> int:
        """Length in ticks."""
        return DURATIONS[self.duration_id]

    @property
    def is_rest(self) -> bool:
        """Whether nothing sounds."""
        return self.pitch_id == REST


@dataclass(frozen=True, slots=True)
class EventLine:
    """Events one after another from `start_tick` on, in a meter; `octaves` were taken off to fit the pitch range."""

    events: tuple[Event, ...]
    start_tick: int
    meter: Meter
    octaves: int = 0

    @property
    def end_tick(self) -> int:
        """The tick after the last event."""
        return self.start_tick + sum(event.ticks for event in self.events)


def nearest_duration(ticks: int) -> int:
    """Id of the duration nearest to `ticks`; the shorter on a tie."""
    right = bisect_left(DURATIONS, ticks)
    if right == 0:
        return 0
    if right == len(DURATIONS):
        return right - 1
    return right if DURATIONS[right] - ticks < ticks - DURATIONS[right - 1] else right - 1


def octaves_to_fit(pitches: Sequence[int]) -> int:
    """How many octaves to take off a line so that most of it lies in the codec's range (negative: to add)."""

    def outside(octaves: int) -> int:
        return sum(not PITCH_LOW <= p - 12 * octaves <= PITCH_HIGH for p in pitches)

    return min(range(-3, 4), key=lambda octaves: (outside(octaves), abs(octaves)))


def fold(pitch: int) -> int:
    """The pitch moved by octaves into the codec's range."""
    while pitch < PITCH_LOW:
        pitch += 12
    while pitch > PITCH_HIGH:
        pitch -= 12
    return pitch


def interval_id(pitch_id: int, last_pitch_id: int | None) -> int:
    """The interval feature of an event, given the pitch that sounded last."""
    if pitch_id == REST:
        return INTERVAL_REST
    if last_pitch_id is None:
        return NO_INTERVAL
    return max(-INTERVAL_CLIP, min(INTERVAL_CLIP, pitch_id - last_pitch_id)) + INTERVAL_CLIP


class RowBuilder:
    """Turns events into feature rows one at a time; used by training, prefill and decoding alike."""

    def __init__(
        self,
        *,
        start_tick: int,
        meter: Meter,
        style: int = 0,
        metric: bool = True,
        last_pitch_id: int | None = None,
    ) -> None:
        pair = (meter.numerator, meter.denominator)
        self._meter = METERS.index(pair) if pair in METERS else METER_OTHER
        self._bar_ticks = meter.bar_ticks
        self._metric = metric and self._bar_ticks <= POSITIONS * POSITION_TICKS
        self._style = style
        self._tick = start_tick
        self._last_pitch = last_pitch_id  # that sounded last, rests aside

    def first(self) -> Row:
        """The row before any event: nothing is past."""
        return self._row(NO_PITCH, NO_DURATION, NO_INTERVAL)

    def after(self, event: Event, *, next_tick: int | None = None) -> Row:
        """The row that says `event` has happened and where the next one starts (`next_tick`, if it is known better)."""
        interval = interval_id(event.pitch_id, self._last_pitch)
        if not event.is_rest:
            self._last_pitch = event.pitch_id
        self._tick = self._tick + event.ticks if next_tick is None else next_tick
        return self._row(event.pitch_id, event.duration_id, interval)

    def _row(self, pitch: int, duration: int, interval: int) -> Row:
        position = self._tick % self._bar_ticks // POSITION_TICKS if self._metric else POSITION_UNKNOWN
        o = OFFSETS
        return (
            o[0] + pitch, o[1] + duration, o[2] + interval, o[3] + position, o[4] + self._meter, o[5] + self._style,
        )  # fmt: skip


class MelodyCodec:
    """Phrase <-> events. The same object serves training and the live side."""

    name: ClassVar[str] = "melody-events"

    def table_hash(self) -> str:
        """sha256 of every table a trained network depends on."""
        tables = (
            PPQ, PITCH_LOW, PITCH_HIGH, DURATIONS, INTERVAL_CLIP, POSITION_TICKS, POSITIONS, METERS, STYLES,
            [(f.name, f.size) for f in FEATURES],
        )  # fmt: skip
        return hashlib.sha256(msgspec.json.encode(tables)).hexdigest()

    def encode(self, phrase: Phrase, *, played: bool = True, until_tick: int | None = None) -> EventLine:
        """The phrase's top voice as events, from its first note to `until_tick` (filled with a rest).

        `played`: from hands (quantised) or from a score (see `melody_line`). Errors of rounding never add up: each
        event aims at where the next one truly starts.
        """
        line = melody_line(phrase.notes, played=played, end_tick=until_tick)
        if not line:
            return EventLine((), until_tick or 0, phrase.meter)
        octaves = octaves_to_fit([note.pitch for note in line])
        start = line[0].start_tick
        events: list[Event] = []
        now = start
        for note, following in zip(line, [*line[1:], None], strict=True):
            until = following.start_tick if following else max(until_tick or 0, note.start_tick + note.sounding_ticks)
            for event in self._note_events(note, octaves, until - now):
                events.append(event)
                now += event.ticks
        return EventLine(tuple(events), start, phrase.meter, octaves)

    def _note_events(self, note: LineNote, octaves: int, span_ticks: int) -> list[Event]:
        """A note and the rest after it, `span_ticks` together as nearly as the durations allow."""
        rests = note.sounding_ticks < span_ticks
        sounding = nearest_duration(max(1, min(note.sounding_ticks, span_ticks) if rests else span_ticks))
        out = [Event(fold(note.pitch - 12 * octaves) - PITCH_LOW, sounding)]
        left = span_ticks - DURATIONS[sounding]
        while left >= DURATIONS[0]:
            rest = nearest_duration(left)
            out.append(Event(REST, rest))
            left -= DURATIONS[rest]
        return out

    def decode(self, line: EventLine, *, velocity: int = 80) -> Phrase:
        """Events back to notes, in their octave."""
        notes = []
        tick = line.start_tick
        for event in line.events:
            if not event.is_rest:
                pitch = min(127, max(0, event.pitch_id + PITCH_LOW + 12 * line.octaves))
                notes.append(Note(tick, pitch, event.ticks, velocity))
            tick += event.ticks
        return Phrase.of(notes, meter=line.meter, length_ticks=tick)

    def rows(self, line: EventLine, *, style: int = 0) -> list[Row]:
        """Feature rows: row i is what the network reads to predict event i; one more row than events."""
        builder = RowBuilder(start_tick=line.start_tick, meter=line.meter, style=style)
        return [builder.first(), *(builder.after(event) for event in line.events)]

    def continuation_rows(self, line: EventLine, *, start_tick: int, style: int = 0) -> list[Row]:
        """Rows of a context whose continuation starts at `start_tick`, whatever was rounded before."""
        if not line.events:
            return [RowBuilder(start_tick=start_tick, meter=line.meter, style=style).first()]
        builder = RowBuilder(start_tick=line.start_tick, meter=line.meter, style=style)
        rows = [builder.first(), *(builder.after(event) for event in line.events[:-1])]
        return [*rows, builder.after(line.events[-1], next_tick=start_tick)]

    def continuation_builder(self, line: EventLine, *, start_tick: int, style: int = 0) -> RowBuilder:
        """The builder of the rows that follow those of `continuation_rows`."""
        last = next((event.pitch_id for event in reversed(line.events) if not event.is_rest), None)
        return RowBuilder(start_tick=start_tick, meter=line.meter, style=style, last_pitch_id=last)
