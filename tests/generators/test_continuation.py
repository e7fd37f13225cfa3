"""The continue generator on a tiny random network: what must hold whatever the weights are."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.bundle import load_bundle
from realtime.errors import BundleError, UsageError
from realtime.generators.base import GenerateRequest
from realtime.generators.continuation import ContinueGenerator
from realtime.generators.registry import open_generator
from realtime.generators.step_decoder import StepDecoder
from realtime.music.examples import EXAMPLES
from realtime.music.melody_codec import MelodyCodec
from realtime.music.note import Note, Phrase
from realtime.music.scales import SCALES, Scale
from realtime.music.units import PPQ, Meter

BAR = 4 * PPQ


@pytest.fixture(scope="module")
def generator(toy_bundle: Path) -> ContinueGenerator:
    return open_generator(toy_bundle)


def request(phrase: Phrase | None = None, *, length: int = 4 * BAR, **controls: float) -> GenerateRequest:
    context = EXAMPLES["bach"].phrase() if phrase is None else phrase
    start = -(-context.length_ticks // BAR) * BAR
    return GenerateRequest(context=context, start_tick=start, length_ticks=length, controls=controls)


def answer(generator: ContinueGenerator, asked: GenerateRequest, seed: int = 1) -> Phrase:
    return generator.generate(asked, generator.initial_state(seed))[0]


def test_same_seed_same_answer_other_seed_another(generator: ContinueGenerator) -> None:
    first = answer(generator, request())
    answer(generator, request(EXAMPLES["joy"].phrase()))  # what was played in between does not matter
    assert answer(generator, request()) == first
    assert answer(generator, request(), seed=2) != first


def test_preparing_changes_nothing(generator: ContinueGenerator, toy_bundle: Path) -> None:
    fresh = open_generator(toy_bundle)
    phrase = EXAMPLES["bach"].phrase()
    for count in range(1, len(phrase.notes), 3):
        partial = Phrase.of(phrase.notes[:count])
        fresh.prepare(GenerateRequest(context=partial, start_tick=partial.length_ticks + 77, length_ticks=0))
    assert answer(fresh, request()) == answer(generator, request())


def test_a_prepared_answer_costs_no_step_before_its_first_note(generator: ContinueGenerator) -> None:
    asked = request()
    generator.prepare(asked)
    assert generator.prepare(asked) == 0


@pytest.mark.parametrize("length", [PPQ // 2, PPQ, BAR, 7 * BAR])
def test_the_answer_fills_its_time_and_no_more(generator: ContinueGenerator, length: int) -> None:
    asked = request(length=length)
    notes = answer(generator, asked).notes
    assert notes[0].start_tick == asked.start_tick
    assert all(note.end_tick <= asked.start_tick + length for note in notes)
    assert all(a.end_tick <= b.start_tick for a, b in pairwise(notes))


@pytest.mark.parametrize("scale", ["major", "blues", "minor-pentatonic"])
@pytest.mark.parametrize("mode", [1.0, 2.0])
def test_no_note_outside_a_locked_scale(generator: ContinueGenerator, scale: str, mode: float) -> None:
    asked = request(key=3.0, scale=float(list(SCALES).index(scale)), scale_mode=mode)
    assert all(Scale(3, scale).contains(note.pitch) for note in answer(generator, asked).notes)


def test_octave_moves_and_changes_nothing_else(generator: ContinueGenerator) -> None:
    plain, up = answer(generator, request()), answer(generator, request(octave=1.0))
    assert [n.pitch + 12 for n in plain.notes] == [n.pitch for n in up.notes]
    assert [n.velocity for n in plain.notes] == [n.velocity for n in up.notes]


def test_density_means_more_notes(generator: ContinueGenerator) -> None:
    counts = [sum(len(answer(generator, request(density=d), seed=s).notes) for s in range(4)) for d in (-1.0, 0.0, 1.0)]
    assert counts[0] < counts[1] < counts[2]


def test_temperature_zero_does_not_depend_on_the_seed(generator: ContinueGenerator) -> None:
    greedy = [answer(generator, request(temperature=0.0, accent=0.0), seed=s) for s in (1, 2)]
    assert greedy[0] == greedy[1]


def test_loudness_follows_the_player(generator: ContinueGenerator) -> None:
    def level(velocity: int) -> float:
        phrase = Phrase.of(Note(i * 240, 60 + i % 5, 220, velocity + i % 3) for i in range(16))
        notes = answer(generator, request(phrase)).notes
        return sum(n.velocity for n in notes) / len(notes)

    assert level(110) > level(70) + 25 > level(30) + 50
    velocities = [n.velocity for n in answer(generator, request()).notes]
    assert len(set(velocities)) > 3


def test_silence_gets_an_opening(generator: ContinueGenerator) -> None:
    silent = GenerateRequest(context=Phrase(), start_tick=0, length_ticks=2 * BAR)
    assert answer(generator, silent).notes[0].start_tick == 0


@settings(max_examples=25, deadline=None)
@given(
    raw=st.lists(
        st.tuples(st.integers(0, 9000), st.integers(0, 127), st.integers(1, 12000), st.integers(1, 127)), max_size=24
    ),
    wait=st.integers(0, 20_000),
    meter=st.sampled_from([Meter(4, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4), Meter(1, 64)]),
)
def test_whatever_is_played_is_answered(
    generator: ContinueGenerator, raw: list[tuple[int, int, int, int]], wait: int, meter: Meter
) -> None:
    phrase = Phrase.of((Note(s, p, d, v) for s, p, d, v in raw), meter=meter)
    asked = GenerateRequest(context=phrase, start_tick=phrase.length_ticks + wait, length_ticks=BAR)
    notes = answer(generator, asked).notes
    assert notes
    assert notes[0].start_tick == asked.start_tick


def test_two_thousand_notes_are_answered(generator: ContinueGenerator) -> None:
    phrase = Phrase.of(Note(i * 120, 48 + i * 7 % 24, 110) for i in range(2000))
    assert answer(generator, request(phrase, length=BAR)).notes


@pytest.mark.parametrize(
    ("controls", "says"),
    [({"wobble": 1.0}, "no control 'wobble'"), ({"temperature": 9.0}, "temperature must be 0..2, got 9")],
)
def test_bad_controls_say_what_is_wrong(generator: ContinueGenerator, controls: dict[str, float], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        answer(generator, request(**controls))


def test_going_back_and_on_in_the_cache_gives_the_same_logits(toy_bundle: Path) -> None:
    decoder, fresh = StepDecoder(load_bundle(toy_bundle)), StepDecoder(load_bundle(toy_bundle))
    rows = MelodyCodec().rows(MelodyCodec().encode(EXAMPLES["bach"].phrase()))
    decoder.advance(rows)
    decoder.advance(rows[:10])
    decoder.advance(rows[:20])
    for row in rows[20:]:
        decoder.append(row)
    fresh.advance(rows)
    assert (decoder.pitch_logits_P == fresh.pitch_logits_P).all()
    assert (decoder.duration_logits_PD == fresh.duration_logits_PD).all()


def test_a_full_cache_goes_on_with_the_later_part(toy_bundle: Path) -> None:
    decoder, fresh = StepDecoder(load_bundle(toy_bundle)), StepDecoder(load_bundle(toy_bundle))
    phrase = Phrase.of(Note(i * 120, 48 + i * 5 % 24, 120) for i in range(decoder.capacity * 2))
    rows = MelodyCodec().rows(MelodyCodec().encode(phrase))
    decoder.advance(rows[:1])
    for row in rows[1:]:
        decoder.append(row)
    steps = fresh.advance(rows)
    assert steps == len(rows) - fresh.window_start(len(rows)) <= fresh.capacity
    assert (decoder.pitch_logits_P == fresh.pitch_logits_P).all()


def test_a_graph_that_is_none_is_a_bundle_error(toy_copy: Path) -> None:
    import hashlib
    import json

    manifest = json.loads((toy_copy / "bundle.json").read_text())
    (toy_copy / "step.onnx").write_bytes(b"not a graph")
    manifest["files"]["step.onnx"] = hashlib.sha256(b"not a graph").hexdigest()
    (toy_copy / "bundle.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="no graph of Hocket's"):
        open_generator(toy_copy)


def test_a_graph_with_other_tensors_is_a_bundle_error(toy_copy: Path) -> None:
    import json

    manifest = json.loads((toy_copy / "bundle.json").read_text())
    manifest["graphs"][0]["outputs"][0]["shape"] = [1, 99]
    (toy_copy / "bundle.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="the manifest says"):
        open_generator(toy_copy)
