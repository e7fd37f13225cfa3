"""Any phrase at all is something that a network can be told, and comes back as notes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from realtime.music.chorale import STEPS as CHORALE_STEPS
from realtime.music.chorale import SYMBOLS, VOICES, ChoraleCodec
from realtime.music.melody_codec import DURATIONS, PITCH_IDS, MelodyCodec
from realtime.music.note import Note, Phrase
from realtime.music.pattern_codec import FIRST_ONSET, PITCHES, PatternCodec
from realtime.music.pattern_codec import STEPS as PATTERN_STEPS
from realtime.music.pianoroll import PianoRollCodec
from realtime.music.units import Meter
from tests.fuzz import fuzzed

TICKS = st.one_of(st.integers(0, 4000), st.integers(0, 1 << 31))
LENGTHS = st.one_of(st.integers(1, 2000), st.integers(1, 1 << 20))
METERS = st.builds(Meter, st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32, 64]))
NOTES = st.builds(Note, TICKS, st.integers(0, 127), LENGTHS, st.integers(1, 127))
PHRASES = st.builds(lambda notes, meter: Phrase.of(notes, meter=meter), st.lists(NOTES, max_size=12), METERS)


@fuzzed(60)
@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 127), st.integers(1, 4000)), max_size=12), st.booleans())
def test_melodies(raw: list[tuple[int, int, int]], played: bool) -> None:
    line = MelodyCodec().encode(Phrase.of(Note(*values) for values in raw), played=played)
    assert all(0 <= event.pitch_id < PITCH_IDS and 0 <= event.duration_id < len(DURATIONS) for event in line.events)
    assert bool(raw) == any(not event.is_rest for event in line.events)
    starts = [note.start_tick for note in MelodyCodec().decode(line).notes]
    assert len(set(starts)) == len(starts) == sum(not event.is_rest for event in line.events)


@fuzzed(60)
@given(PHRASES, st.integers(0, 1 << 31), st.booleans())
def test_patterns(phrase: Phrase, start_tick: int, played: bool) -> None:
    symbols = PatternCodec().encode(phrase, start_tick=start_tick, played=played)
    assert symbols.shape == (PATTERN_STEPS,)
    assert ((symbols >= 0) & (symbols < FIRST_ONSET + PITCHES)).all()
    PatternCodec().decode(symbols)


@fuzzed(60)
@given(st.lists(PHRASES, min_size=VOICES, max_size=VOICES), st.integers(0, 1 << 31))
def test_chorales(voices: list[Phrase], start_tick: int) -> None:
    grid = ChoraleCodec().encode(voices, start_tick=start_tick)
    assert grid.symbol_VS.shape == grid.strike_VS.shape == (VOICES, CHORALE_STEPS)
    assert ((grid.symbol_VS >= 0) & (grid.symbol_VS < SYMBOLS)).all()
    assert ChoraleCodec().encode(ChoraleCodec().decode(grid)) == grid


@fuzzed(60)
@given(st.lists(PHRASES, min_size=1, max_size=3))
def test_piano_rolls(tracks: list[Phrase]) -> None:
    roll = PianoRollCodec().encode(tracks, steps=32)
    again = PianoRollCodec().encode(PianoRollCodec().decode(roll), steps=32)
    assert np.array_equal(roll, again)
