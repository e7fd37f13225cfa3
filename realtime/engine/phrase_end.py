"""When a phrase has ended, and where and how long its answer is. Pure functions of ticks and tempo.

The same rules serve the live engine and `hocket generate --prime`, so both place the answer alike.
"""

from collections.abc import Sequence
from itertools import pairwise

from realtime.music.units import PPQ, Meter

SPACING_NOTES = 8  # the player's own spacing is read off the last notes
ONSET_FACTOR, RELEASE_FACTOR = 1.6, 0.5  # of that spacing
MIN_SILENCE_SECONDS, MAX_SILENCE_SECONDS = 0.18, 1.2
GRIDS = ("none", "1/16", "beat", "bar")
TURN_ENDS = ("auto", "trade", "pedal", "key")
LENGTHS = ("phrase", "bars", "endless")
ENDLESS_TICKS = PPQ * 4 * 4096


def seconds_to_ticks(seconds: float, bpm: float) -> int:
    """Length of a time at a tempo."""
    return round(seconds * bpm * PPQ / 60.0)


def spacing_ticks(onsets: Sequence[int]) -> int:
    """How far apart the player sets notes: the upper quartile of the last gaps; one beat if there are none.

    Gaps inside a chord do not count.
    """
    recent = list(onsets)[-SPACING_NOTES - 1 :]
    gaps = sorted(b - a for a, b in pairwise(recent) if b - a >= PPQ // 12)
    return gaps[(3 * len(gaps)) // 4 if len(gaps) > 1 else 0] if gaps else PPQ


def phrase_end_tick(onsets: Sequence[int], last_release_tick: int, bpm: float) -> int:
    """The tick at which silence has lasted long enough, relative to the tempo and to the player's own spacing.

    Fast playing is answered after 0.18 s of silence; nobody waits longer than 1.2 s.
    """
    spacing = spacing_ticks(onsets)
    shortest = seconds_to_ticks(MIN_SILENCE_SECONDS, bpm)
    longest = seconds_to_ticks(MAX_SILENCE_SECONDS, bpm)
    after_release = last_release_tick + max(shortest, round(RELEASE_FACTOR * spacing))
    after_onset = max(onsets, default=last_release_tick) + round(ONSET_FACTOR * spacing)
    return min(max(after_release, after_onset), last_release_tick + longest)


def grid_ticks(grid: str, meter: Meter) -> int:
    """Distance of the points on which an answer may start; 1 for "none"."""
    return {"none": 1, "1/16": PPQ // 4, "beat": PPQ, "bar": meter.bar_ticks}[grid]


def next_grid_tick(tick: int, grid: str, meter: Meter) -> int:
    """The first point of the grid at or after `tick`."""
    step = grid_ticks(grid, meter)
    return -(-tick // step) * step


def answer_ticks(length: str, bars: int, phrase_start_tick: int, phrase_stop_tick: int, meter: Meter) -> int:
    """How long the answer is: like the phrase (in whole beats, at least one), N bars, or until the player returns."""
    if length == "bars":
        return bars * meter.bar_ticks
    if length == "endless":
        return ENDLESS_TICKS
    return max(1, round((phrase_stop_tick - phrase_start_tick) / PPQ)) * PPQ
