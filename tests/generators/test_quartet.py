"""The quartet generator on tiny random networks: what must hold whatever the weights are."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from realtime.bundle import Bundle, load_bundle
from realtime.errors import BundleError, UsageError
from realtime.generators.base import GenerateRequest
from realtime.generators.quartet import PIECES_FILE, QuartetGenerator, QuartetState, read_pieces
from realtime.generators.quartet_border import BORDERS_FILE
from realtime.generators.quartet_code import INPUTS, Condition, Ints
from realtime.generators.quartet_composer import PhraseOrder, out_of_scale, snapped
from realtime.generators.quartet_settings import Reroll, Settings
from realtime.model_check import verify_golden
from realtime.music.chorale import PITCH_LOW, REST, SYMBOLS, VOICES
from realtime.music.keys import Key
from realtime.music.note import Note, Phrase
from realtime.music.scales import SCALES, Scale
from realtime.music.units import PPQ

BAR = 4 * PPQ
C_MAJOR = Condition(key=Key(0, minor=False))
TUNE = Phrase.of([Note(i * PPQ, pitch, PPQ) for i, pitch in enumerate((72, 74, 76, 77, 79, 77, 76, 74))])


@pytest.fixture(scope="module")
def generator(toy_quartet: Path) -> QuartetGenerator:
    return QuartetGenerator(load_bundle(toy_quartet))


def order(seed: int = 0, **fields: object) -> PhraseOrder:
    given = {"settings": Settings(candidates=2), "condition": C_MAJOR, "seed": seed, **fields}
    return PhraseOrder(**given)  # type: ignore[arg-type]


def request(context: Phrase | None = None, *, bars: int = 4, start: int = 0, **controls: float) -> GenerateRequest:
    return GenerateRequest(
        context=context or Phrase(), start_tick=start, length_ticks=bars * BAR, controls={"candidates": 2, **controls}
    )


def sounding(symbol_VS: Ints) -> list[int]:
    return [int(symbol) - 1 + PITCH_LOW for symbol in symbol_VS.ravel() if symbol != REST]


def test_the_same_order_gives_the_same_piece_and_seeds_differ(generator: QuartetGenerator) -> None:
    pieces = [generator.composer.make(order(seed)) for seed in (1, 2, 1, 3, 4)]
    assert (pieces[0] == pieces[2]).all()
    assert len({piece.tobytes() for piece in pieces}) == 4


def test_inputs_at_their_own_seed_or_amount_zero_change_nothing(generator: QuartetGenerator) -> None:
    before = generator.composer.make(order())
    for name in INPUTS:
        settings = Settings(candidates=2, rerolled={name: Reroll(seed=9, amount=0.0)})
        assert (generator.composer.make(order(settings=settings)) == before).all(), name
    changed = Settings(candidates=2, rerolled={name: Reroll(seed=9) for name in INPUTS})
    assert (generator.composer.make(order(settings=changed)) != before).any()


def test_a_melody_leaves_chords_and_style_alone(generator: QuartetGenerator) -> None:
    network = generator.network
    noise = np.random.default_rng(0).standard_normal((1, network.latent)).astype(np.float32)
    other, condition = noise.copy(), C_MAJOR.row[None]
    other[:, network.spans["melody_2"]] += 1
    a, b = network.codes(noise, condition), network.codes(other, condition)
    assert (a[:, : network.shared] == b[:, : network.shared]).all()
    assert (a[:, network.spans["melody_2"]] != b[:, network.spans["melody_2"]]).all()


def test_a_groove_changes_the_rhythm_of_its_voice_only(generator: QuartetGenerator) -> None:
    network = generator.network
    code = np.random.default_rng(0).standard_normal((1, network.latent)).astype(np.float32)
    condition = C_MAJOR.row[None]
    before = network.decode(code, condition)[0]
    for name, rhythmic in (("groove_2", [1]), ("melody_2", []), ("chords", [])):
        other = code.copy()
        other[:, network.spans[name]] += 1
        after = network.decode(other, condition)[0]
        assert [v for v in range(VOICES) if (before[0, v] != after[0, v]).any()] == rhythmic, name


@pytest.mark.parametrize("kept", [(True, False, False, False), (False, True, False, True)])
def test_a_locked_part_stays_bit_for_bit(generator: QuartetGenerator, kept: tuple[bool, ...]) -> None:
    given = generator.composer.make(order(seed=7))
    free = [v for v in range(VOICES) if not kept[v]]
    rest = []
    for seed in range(4):
        made = generator.composer.make(order(seed, given_VS=given, kept=kept))
        assert (made[list(kept)] == given[list(kept)]).all()
        rest.append(made[free].tobytes())
    assert len(set(rest)) > 1


def test_keys_only_transpose(generator: QuartetGenerator) -> None:
    settings = Settings(root=2, scale="major")  # D major: two up, and its own place in the condition
    assert settings.fixed_key == Key(2, minor=False)
    assert settings.fixed_key.offset == 2
    filtered = Settings(candidates=2, root=2, scale="minor", scale_mode=2)
    for seed in range(3):
        made = generator.composer.make(order(seed, settings=filtered, condition=Condition(key=Key(2, minor=True))))
        assert all(Scale(2, "minor").contains(pitch) for pitch in sounding(made))


def test_what_is_out_of_scale_depends_on_where_the_music_goes() -> None:
    outside = out_of_scale(Scale(2, "major"), 2)
    assert not outside[REST]
    assert [(symbol - 1) % 12 for symbol in np.flatnonzero(outside) if symbol <= 12] == [1, 3, 6, 8, 10]


def test_snapping_moves_every_pitch_into_the_scale() -> None:
    every = np.arange(SYMBOLS)[None, None]
    moved = snapped(every, Scale(0, "major"))
    assert moved[0, 0, 0] == REST
    assert all(Scale(0).contains(pitch) for pitch in sounding(moved))
    assert np.abs(moved - every).max() == 1


def test_parts_fill_the_time_and_do_not_overlap(generator: QuartetGenerator) -> None:
    asked = request(bars=5, start=3 * BAR)
    parts = generator.parts(asked, generator.initial_state(0))
    assert len(parts) == VOICES
    for part in parts:
        assert part.length_ticks == 8 * BAR
        assert all(a.end_tick <= b.start_tick for a, b in pairwise(part.notes))
        assert all(3 * BAR <= note.start_tick and note.end_tick <= 8 * BAR for note in part.notes)
    whole, state = generator.generate(asked, generator.initial_state(0))
    assert sorted(note for part in parts for note in part.notes) == list(whole.notes)
    assert state.number == 3


def test_a_longer_piece_is_its_phrases_one_after_another(generator: QuartetGenerator) -> None:
    settings, state = Settings(candidates=2), generator.initial_state(5)
    grid, _ = generator.grid(request(bars=4), settings, state)
    first, middle = generator.grid(request(bars=2), settings, state)
    second, end = generator.grid(request(bars=2), settings, middle)
    joined = np.concatenate([first.symbol_VS, second.symbol_VS], axis=1)
    assert (grid.symbol_VS == joined).all()
    assert end == QuartetState(5, 2, tuple(int(symbol) for symbol in joined[:, -1]))


def test_harmonise_keeps_what_was_played(generator: QuartetGenerator) -> None:
    parts = generator.parts(request(TUNE, bars=2, start=2 * BAR, harmonise=1), generator.initial_state(1))
    played = [(note.start_tick + 2 * BAR, note.pitch, note.duration_ticks) for note in TUNE.notes]
    assert [(note.start_tick, note.pitch, note.duration_ticks) for note in parts[0].notes] == played
    assert any(part.notes for part in parts[1:])


def test_the_key_is_asked_for_or_heard_or_drawn(generator: QuartetGenerator, toy_quartet: Path) -> None:
    asked = generator.condition(request(TUNE), Settings(root=4, scale="minor"), 0)
    assert asked.key == Key(4, minor=True)
    assert generator.condition(request(TUNE), Settings(), 0).key == Key(0, minor=False)
    drawn = {generator.condition(request(), Settings(), seed).key.offset for seed in range(20)}
    known = {int(offset) for offset, _, _ in read_pieces(load_bundle(toy_quartet))}
    assert len(drawn) > 1
    assert drawn <= known


def test_controls_say_what_each_does(generator: QuartetGenerator) -> None:
    names = {control.name for control in generator.spec.controls}
    assert {f"{name}_seed" for name in INPUTS} <= names
    index = float(list(SCALES).index("minor"))
    parts = generator.parts(request(key=3.0, scale=index, scale_mode=1.0), generator.initial_state(0))
    assert all(Scale(2, "minor").contains(note.pitch) for part in parts for note in part.notes)
    with pytest.raises(UsageError, match=r"density must be -2\.\.2"):
        generator.parts(request(density=3.0), generator.initial_state(0))


def test_golden_outputs_are_checked(toy_quartet: Path) -> None:
    assert verify_golden(load_bundle(toy_quartet)) < 1e-3


@pytest.mark.parametrize("name", [BORDERS_FILE, PIECES_FILE])
def test_a_bundle_without_its_tables_is_refused(toy_quartet: Path, name: str) -> None:
    bundle = load_bundle(toy_quartet)
    without = {file: data for file, data in bundle.contents.items() if file != name}
    with pytest.raises(BundleError, match=f"no {name} in this bundle"):
        QuartetGenerator(Bundle(bundle.folder, bundle.spec, without))
