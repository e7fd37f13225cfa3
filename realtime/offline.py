"""`hocket generate`: the same turn as live, without a clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from realtime.engine.phrase_end import answer_ticks, next_grid_tick, phrase_end_tick
from realtime.errors import FileError
from realtime.generators.base import GenerateRequest, Generator, InParts
from realtime.music.midi_file import OutTrack, read_midi, write_midi
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter, check_bpm

SILENCE_BARS = 4  # length of an answer to nothing


@dataclass(frozen=True, slots=True)
class Prime:
    """The phrase to be answered, and its tempo."""

    phrase: Phrase
    bpm: float

    @classmethod
    def silence(cls, meter: Meter, bpm: float) -> "Prime":
        """Nothing: the model opens by itself."""
        return cls(Phrase(meter=meter), check_bpm(bpm))


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """What the model played, placed after the prime. `voices`: the same notes by voice, where it plays in parts."""

    notes: tuple[Note, ...]
    start_tick: int
    model: str = "Continue"
    voices: tuple[tuple[str, tuple[Note, ...]], ...] = ()

    def tracks(self, ticks: int) -> list[tuple[str, tuple[Note, ...]]]:
        """(name, notes `ticks` later) of each track to be written."""
        named = self.voices or (("", self.notes),)
        return [(f"Hocket {self.model} {name}".rstrip(), _shifted(notes, ticks)) for name, notes in named]


def read_prime(path: Path, *, track: int | None = None, bpm: float | None = None) -> Prime:
    """A `.mid` file as a phrase (`track` counts from 1). Raises `FileError` if there are no notes in it."""
    score = read_midi(path)
    phrase = score.phrase(None if track is None else track - 1)
    if not phrase.notes:
        raise FileError(f"{path}: no notes to answer (drum tracks do not count)")
    return Prime(phrase, check_bpm(bpm if bpm is not None else score.tempo.bpm_at(0)))


def answer_prime(
    generator: Generator,
    prime: Prime,
    *,
    end: str = "auto",
    grid: str = "beat",
    bars: int | None = None,
    controls: Mapping[str, float] | None = None,
    seed: int = 0,
) -> OfflineAnswer:
    """Answer as live: bars count from the first note; in auto mode the phrase is over after the same silence and the
    answer starts on the same grid, in trade mode it takes over at the bar line."""
    origin = prime.phrase.notes[0].start_tick if prime.phrase.notes else 0
    phrase = Phrase.of((note.shifted(-origin) for note in prime.phrase.notes), meter=prime.phrase.meter)
    start, first, last = 0, 0, SILENCE_BARS * phrase.meter.bar_ticks
    if phrase.notes:
        last = max(note.end_tick for note in phrase.notes)
        over = phrase_end_tick([note.start_tick for note in phrase.notes], last, prime.bpm)
        start = (
            next_grid_tick(last, "bar", phrase.meter) if end == "trade" else next_grid_tick(over, grid, phrase.meter)
        )
    length = answer_ticks("bars" if bars else "phrase", bars or 0, first, last, phrase.meter)
    request = GenerateRequest(context=phrase, start_tick=start, length_ticks=length, controls=controls or {})
    state, model = generator.initial_state(seed), generator.spec.kind.capitalize()
    if isinstance(generator, InParts):
        parts = zip(generator.voice_names, generator.parts(request, state), strict=True)
        voices = tuple((name, _shifted(part.notes, origin)) for name, part in parts)
        notes = tuple(sorted(note for _, part in voices for note in part))
        return OfflineAnswer(notes, origin + start, model, voices)
    answer, _ = generator.generate(request, state)
    return OfflineAnswer(_shifted(answer.notes, origin), origin + start, model)


def _shifted(notes: Iterable[Note], ticks: int) -> tuple[Note, ...]:
    return tuple(note.shifted(ticks) for note in notes)


def write_answer(path: Path, prime: Prime, answer: OfflineAnswer, *, with_prime: bool = True) -> None:
    """Write the prime, then the answer as a track a voice; or the answer alone from its own bar line on."""
    meter = prime.phrase.meter
    tracks, ticks = [], 0
    if with_prime and prime.phrase.notes:
        tracks.append(OutTrack(name="You", phrase=prime.phrase))
    else:
        ticks = -(answer.start_tick // meter.bar_ticks * meter.bar_ticks)
    for name, notes in answer.tracks(ticks):
        tracks.append(OutTrack(name=name, phrase=Phrase.of(notes, meter=meter), channel=len(tracks)))
    write_midi(path, tracks, bpm=prime.bpm)
