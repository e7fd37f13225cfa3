"""Read melodies: MIDI files, ABC books and the chorale grid -> `EventLine`s of the melody codec."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import symusic

from realtime.errors import FileError, UsageError
from realtime.music.melody_codec import EventLine, MelodyCodec
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ, STEP_TICKS, Meter

# Where bar lines are not known, a bar is one beat: no entry of the codec's METERS, so the network reads "another
# meter" and the place in the beat, which is known.
BEAT_ONLY: Final = Meter(1, 4)
MIN_EVENTS: Final = 12
MAX_BARS_OF_REST: Final = 2
MAX_NOTES: Final = 100_000  # of a file; more are no melody
EARLY_TICKS: Final = PPQ // 48
CODEC: Final = MelodyCodec()


def read_midi(path: Path, *, tracks: Sequence[int] | None = None) -> list[EventLine]:
    """The melody of a MIDI file, cut where its meter changes. `tracks`: which tracks to read, each by itself.

    Without `tracks`, the longest monophonic track is read, or the first one that has notes.
    """
    try:
        score = symusic.Score(str(path))
        if score.note_num() > MAX_NOTES:
            raise FileError(f"{path.name}: {score.note_num():,} notes; at most {MAX_NOTES:,} are read")
        score = score.resample(PPQ, min_dur=1)
    except FileError:
        raise
    except Exception as error:  # symusic raises RuntimeError, ValueError and others, by what is broken
        raise FileError(f"{path.name}: no readable MIDI file ({str(error).splitlines()[0][:80]})") from error
    return lines_of_score(score, tracks=tracks)


def lines_of_score(score: "symusic.Score", *, tracks: Sequence[int] | None = None) -> list[EventLine]:
    """As `read_midi`, of a score in ticks of 1/480 beat."""
    notes = [_notes(track) for track in score.tracks]
    filled = [n for n in notes if len(n) >= MIN_EVENTS]
    chosen = [notes[i] for i in tracks if i < len(notes)] if tracks is not None else _best(filled)
    meters = _meters(score)
    return [line for track in chosen for line in _cut(track, meters)]


def read_abc_book(path: Path) -> Iterator[tuple[str, list[EventLine] | FileError]]:
    """Every tune of an ABC book as (its X: number, lines), or the error that says why it cannot be read."""
    for tune in split_abc(path.read_text(encoding="utf-8", errors="replace")):
        number = tune.split("\n", 1)[0][2:].strip()
        try:
            yield number, lines_of_score(symusic.Score.from_abc(tune).resample(PPQ, min_dur=1))
        except Exception as error:  # as in read_midi
            yield number, FileError(f"{path.name} X:{number}: {str(error).splitlines()[0][:80]}")


def split_abc(text: str) -> list[str]:
    """Cut a book before every line that starts with `X:`; what stands before the first is dropped."""
    parts = ("\n" + text.replace("\r\n", "\n")).split("\nX:")
    return ["X:" + part.rstrip() + "\n" for part in parts[1:]]


def read_chorales(path: Path, split: str) -> list[EventLine]:
    """All four voices of every chorale of `split` in a sixteenth grid; equal neighbours are one note.

    The grid does not say where bars begin, so the lines are `BEAT_ONLY`.
    """
    with np.load(path, allow_pickle=False) as data:
        pitches_TV, starts = data[f"{split}_pitch"], data[f"{split}_start"].tolist()
    out = []
    for first, end in itertools.pairwise(starts):
        for voice in range(pitches_TV.shape[1]):
            notes = list(_runs(pitches_TV[first:end, voice].tolist()))
            out += _cut(notes, [(0, BEAT_ONLY)])
    return out


def _runs(steps: Sequence[int]) -> Iterator[Note]:
    start = 0
    for i in range(1, len(steps) + 1):
        if i == len(steps) or steps[i] != steps[start]:
            if steps[start] >= 0:
                yield Note(start * STEP_TICKS, steps[start], (i - start) * STEP_TICKS)
            start = i


def _notes(track: "symusic.Track") -> list[Note]:
    if track.is_drum:
        return []
    a = track.notes.numpy()
    columns = (a["time"], a["pitch"], a["duration"])
    return sorted(
        Note(int(t), int(p), max(1, int(d))) for t, p, d in zip(*columns, strict=True) if 0 <= p <= 127 and t >= 0
    )


def overlap(notes: Sequence[Note]) -> float:
    """Share of notes that begin before the previous one ends (a 32nd of legato is allowed)."""
    if len(notes) < 2:
        return 0.0
    pairs = itertools.pairwise(notes)
    return sum(b.start_tick < a.end_tick - PPQ // 8 for a, b in pairs) / (len(notes) - 1)


def _best(tracks: list[list[Note]]) -> list[list[Note]]:
    mono = [track for track in tracks if overlap(track) < 0.2]
    return [max(mono, key=len)] if mono else tracks[:1]


def _meters(score: "symusic.Score") -> list[tuple[int, Meter]]:
    changes: dict[int, Meter] = {}
    for signature in sorted(score.time_signatures, key=lambda s: s.time):
        try:
            changes[signature.time] = Meter(signature.numerator, signature.denominator)
        except UsageError:
            changes[signature.time] = BEAT_ONLY
    ordered = list(changes.items()) or [(0, BEAT_ONLY)]
    if ordered[0][0] > 0:
        ordered.insert(0, (0, BEAT_ONLY))
    return [ordered[0], *(b for a, b in itertools.pairwise(ordered) if a[1] != b[1])]


def _cut(notes: Sequence[Note], meters: list[tuple[int, Meter]]) -> list[EventLine]:
    ends = [tick for tick, _ in meters[1:]] + [1 << 60]
    lines = []
    for (start, meter), end in zip(meters, ends, strict=True):
        # A note a few ticks early belongs to the bar line after it.
        inside = (note for note in notes if start - EARLY_TICKS <= note.start_tick < end - EARLY_TICKS)
        piece = [note.shifted(max(-start, -note.start_tick)) for note in inside]
        if not piece:
            continue
        phrase = Phrase.of(shorten_rests(piece, meter), meter=meter)
        line = CODEC.encode(phrase, played=False)
        if len(line.events) >= MIN_EVENTS:
            lines.append(line)
    return lines


def shorten_rests(notes: Iterable[Note], meter: Meter) -> list[Note]:
    """Take whole bars out of long rests (a singer's, while the piano plays) until less than two bars are left."""
    out: list[Note] = []
    bar = max(meter.bar_ticks, PPQ)
    taken = until = 0
    for note in notes:
        gap = note.start_tick - taken - until if out else 0
        if gap >= MAX_BARS_OF_REST * bar:
            taken += (gap // bar - MAX_BARS_OF_REST + 1) * bar
        moved = note.shifted(-taken)
        out.append(moved)
        until = max(until, moved.end_tick)
    return out
