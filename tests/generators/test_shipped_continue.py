"""The shipped weights: what a musician would notice first."""

from pathlib import Path

import pytest

from realtime.generators.base import GenerateRequest
from realtime.generators.continuation import ContinueGenerator
from realtime.generators.registry import open_generator
from realtime.music.examples import EXAMPLES
from realtime.music.note import Note, Phrase
from realtime.music.scales import Scale

SEEDS = range(8)


@pytest.fixture(scope="module")
def generator(shipped_bundle: Path) -> ContinueGenerator:
    generator = open_generator(shipped_bundle)
    assert isinstance(generator, ContinueGenerator)
    return generator


def answer(generator: ContinueGenerator, context: Phrase, seed: int, *, bars: int = 4) -> list[Note]:
    bar = context.meter.bar_ticks
    request = GenerateRequest(
        context=context, start_tick=-(-context.length_ticks // bar) * bar, length_ticks=bars * bar
    )
    return list(generator.generate(request, generator.initial_state(seed))[0].notes)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_no_answer_is_one_note_silence_or_the_prompt(generator: ContinueGenerator, name: str) -> None:
    phrase = EXAMPLES[name].phrase()
    for seed in SEEDS:
        notes = answer(generator, phrase, seed)
        assert len(notes) >= 6
        assert len({note.pitch for note in notes}) >= 3
        assert [n.pitch for n in notes] != [n.pitch for n in phrase.notes][: len(notes)]
    assert len({tuple(n.pitch for n in answer(generator, phrase, s)) for s in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("semitones", [0, 1, 5, 6, -4])
def test_the_answer_follows_the_player_into_another_key(generator: ContinueGenerator, semitones: int) -> None:
    jig = EXAMPLES["jig"].phrase()  # in G
    half = jig.length_ticks // 2
    notes = [
        Note(n.start_tick, n.pitch + (semitones if n.start_tick >= half else 0), n.duration_ticks, n.velocity)
        for n in jig.notes
    ]
    scale = Scale((7 + semitones) % 12, "major")
    first = [note for seed in SEEDS for note in answer(generator, Phrase.of(notes, meter=jig.meter), seed)[:12]]
    assert sum(scale.contains(note.pitch) for note in first) / len(first) >= 0.85


def test_the_answer_keeps_to_the_players_note_values(generator: ContinueGenerator) -> None:
    for name, typical in (("bach", 120), ("joy", 480)):
        notes = [note for seed in SEEDS for note in answer(generator, EXAMPLES[name].phrase(), seed)]
        lengths = sorted(note.duration_ticks for note in notes)
        assert typical / 2 <= lengths[len(lengths) // 2] <= typical * 2
