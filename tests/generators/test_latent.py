"""The morph generator on a tiny random network: what must hold whatever the weights are."""

import json
import shutil
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from realtime.bundle import load_bundle
from realtime.errors import BundleError, UsageError
from realtime.generators.base import GenerateRequest
from realtime.generators.latent import MorphGenerator, last_bars_tick, move, tiled
from realtime.generators.prior import PRIOR_FILE, Prior
from realtime.generators.registry import open_generator
from realtime.model_check import verify_golden
from realtime.music.examples import EXAMPLES
from realtime.music.note import Note, Phrase
from realtime.music.pattern_codec import PATTERN_TICKS
from realtime.music.scales import FILTER, SCALES, Scale
from realtime.music.units import PPQ, STEP_TICKS, Meter

BAR = 4 * PPQ


@pytest.fixture(scope="module")
def generator(toy_morph: Path) -> MorphGenerator:
    return MorphGenerator(load_bundle(toy_morph))


def request(
    phrase: Phrase | None = None, *, start: int = 4 * BAR, length: int = 2 * BAR, **controls: float
) -> GenerateRequest:
    context = EXAMPLES["bach"].phrase() if phrase is None else phrase
    return GenerateRequest(context=context, start_tick=start, length_ticks=length, controls=controls)


def play(generator: MorphGenerator, asked: GenerateRequest, seed: int = 1) -> Phrase:
    return generator.generate(asked, generator.initial_state(seed))[0]


def tune(phrase: Phrase) -> list[tuple[int, int, int]]:
    return [(n.start_tick, n.pitch, n.duration_ticks) for n in phrase.notes]


def test_same_request_same_notes(generator: MorphGenerator) -> None:
    first = play(generator, request())
    play(generator, request(EXAMPLES["joy"].phrase()))
    assert play(generator, request()) == first
    assert first.notes


def test_without_a_phrase_each_seed_opens_in_its_own_way(generator: MorphGenerator) -> None:
    tunes = {tuple(tune(play(generator, request(Phrase()), seed=seed))) for seed in range(8)}
    assert len(tunes) > 4


def test_sliders_at_zero_change_nothing_and_moved_they_do(generator: MorphGenerator) -> None:
    before = play(generator, request())
    axes = generator.network.axes
    assert axes[:6] == ("density", "register", "range", "syncopation", "interval", "rests")
    assert play(generator, request(**dict.fromkeys(axes, 0.0))) == before
    changed = [name for name in axes if play(generator, request(**{name: 3.0})) != before]
    assert len(changed) > len(axes) // 2


def test_a_pattern_repeats_from_bar_line_to_bar_line(generator: MorphGenerator) -> None:
    once, thrice = play(generator, request()), play(generator, request(length=6 * BAR))
    expected = [(tick + k * PATTERN_TICKS, pitch, length) for k in range(3) for tick, pitch, length in tune(once)]
    assert tune(thrice) == expected
    late = play(generator, request(start=4 * BAR + PPQ, length=BAR))
    assert tune(late) == [
        (t, p, min(d, 5 * BAR + PPQ - t)) for t, p, d in tune(thrice) if 4 * BAR + PPQ <= t < 5 * BAR + PPQ
    ]


@pytest.mark.parametrize("mode", [1.0, 2.0])
def test_no_note_outside_a_locked_scale(generator: MorphGenerator, mode: float) -> None:
    index = float(list(SCALES).index("minor"))
    phrase = play(generator, request(key=2.0, scale=index, scale_mode=mode, temperature=1.0))
    assert all(Scale(2, "minor").contains(note.pitch) for note in phrase.notes)


def test_octave_moves_and_changes_nothing_else(generator: MorphGenerator) -> None:
    low, high = play(generator, request(octave=-1.0)), play(generator, request())
    assert [(n.start_tick, n.pitch + 12, n.velocity) for n in low.notes] == [
        (n.start_tick, n.pitch, n.velocity) for n in high.notes
    ]


def test_temperature_draws_by_the_seed(generator: MorphGenerator) -> None:
    drawn = [play(generator, request(temperature=1.0), seed=seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    still = [tune(play(generator, request(), seed=seed)) for seed in (1, 2)]
    assert still[0] == still[1]


def test_notes_do_not_overlap_and_keep_their_time(generator: MorphGenerator) -> None:
    for name in generator.network.axes:
        phrase = play(generator, request(length=5 * STEP_TICKS, **{name: -3.0}))
        assert all(a.end_tick <= b.start_tick for a, b in pairwise(phrase.notes))
        assert all(4 * BAR <= n.start_tick and n.end_tick <= 4 * BAR + 5 * STEP_TICKS for n in phrase.notes)


def test_loops_from_a_kept_place(generator: MorphGenerator) -> None:
    asked = request(density=1.5, z7=-2.0)
    settings = generator.settings(asked)
    place = generator.place(asked.context, 1)
    symbols = generator.pattern(place, settings)
    assert generator.play(symbols, asked, settings, 1) == play(generator, asked)
    assert generator.pattern(place, settings).tolist() == symbols.tolist()
    assert generator.read(symbols).shape == place.shape


def test_a_slider_at_its_own_place_changes_nothing(generator: MorphGenerator) -> None:
    place, still = generator.place(Phrase(), 3), generator.settings(request())
    assert generator.point(place, still.offsets).tolist() == place.tolist()


def test_what_steering_has_decoded_is_not_decoded_again_and_not_changed(
    generator: MorphGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = request(density=1.5, scale_mode=FILTER, scale=1)
    runs: list[object] = []
    decode = generator.network.decode
    monkeypatch.setattr(generator.network, "decode", lambda z_Z: (runs.append(z_Z), decode(z_Z))[1])
    settings, z_Z = generator.settings(asked), generator.place(asked.context, 1)
    point_Z = generator.point(z_Z, settings.offsets)
    for expected in (generator.pattern(z_Z, settings), generator.pattern(z_Z, settings)):
        runs.clear()
        generator.point(z_Z, settings.offsets)
        searched = len(runs)
        assert generator.pattern(z_Z, settings).tolist() == expected.tolist()
        assert len(runs) == 2 * searched > 0
    assert np.array_equal(generator._tried[point_Z.tobytes()], decode(point_Z))


def test_seeds_open_where_the_patterns_are(toy_morph: Path) -> None:
    with np.load(toy_morph / PRIOR_FILE) as prior:
        mean, spread = prior["mean"], prior["root"] @ prior["root"].T
    known = Prior(load_bundle(toy_morph))
    drawn = np.array([known.draw(seed) for seed in range(4000)])
    assert abs(drawn.mean(0) - mean).max() < 0.1 * np.sqrt(spread.diagonal()).max()
    np.testing.assert_allclose(np.cov(drawn.T), spread, atol=0.15 * spread.diagonal().max())
    assert Prior(load_bundle(toy_morph)).draw(7).tolist() == drawn[7].tolist()
    for tables in ({"mean": np.zeros(16)}, {"mean": np.zeros(2), "root": np.eye(2)}):
        config, arrays = SimpleNamespace(config={"latent": 16}), {PRIOR_FILE: tables}.__getitem__
        with pytest.raises(BundleError, match="export"):
            Prior(SimpleNamespace(folder=Path("toy"), spec=config, arrays=arrays))  # type: ignore[arg-type]


def test_a_morph_leads_from_one_place_to_the_other_with_the_sliders_moved(generator: MorphGenerator) -> None:
    asked = request(register=1.0, key=2.0, scale=float(list(SCALES).index("minor")), scale_mode=2.0)
    settings = generator.settings(asked)
    a, b = (generator.place(Phrase(), seed) for seed in (1, 2))
    way = generator.way(a, b, settings)
    assert way.at(0).tolist() == generator.pattern(a, settings).tolist()
    assert way.at(1).tolist() == generator.pattern(b, settings).tolist()
    for place in (0.25, 0.5, 0.75):
        notes = generator.play(way.at(place), asked, settings, 1).notes
        assert all(Scale(2, "minor").contains(note.pitch) for note in notes)


def test_preparing_encodes_once(toy_morph: Path) -> None:
    fresh = open_generator(toy_morph)
    assert [fresh.prepare(request()), fresh.prepare(request()), fresh.prepare(request(Phrase()))] == [1, 0, 0]


def test_a_point_moves_no_further_than_its_reach() -> None:
    z = np.array([0.5, -4.0, 2.5, 1.0], np.float32)
    assert move(z, (0.0, 0.0, 0.0)).tolist() == z.tolist()
    assert move(z, (1.0, -3.0, 3.0)).tolist() == [1.5, -4.0, 3.0, 1.0]


def test_the_last_two_bars_are_what_is_read() -> None:
    def bars(*numbers: int) -> Phrase:
        return Phrase.of([Note(BAR * n + PPQ, 60, PPQ) for n in numbers])

    assert last_bars_tick(bars(0)) == 0
    assert last_bars_tick(bars(3)) == 3 * BAR
    assert last_bars_tick(bars(0, 1, 2)) == BAR
    assert last_bars_tick(Phrase.of([Note(0, 60, 10), Note(6 * PPQ, 60, 10)], meter=Meter(2, 4))) == 0


def test_tiling_cuts_at_the_end() -> None:
    pattern = Phrase.of([Note(0, 60, 960)])
    assert tiled(pattern, 0, 480, Meter()) == [Note(0, 60, 480)]
    assert tiled(pattern, 480, 960, Meter()) == []


def test_golden_outputs_are_checked(toy_morph: Path) -> None:
    assert verify_golden(load_bundle(toy_morph)) < 1e-3


def test_bad_controls_and_manifests_are_refused(generator: MorphGenerator, toy_morph: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"density must be -3\.\.3"):
        play(generator, request(density=4.0))
    folder = tmp_path / "morph"
    shutil.copytree(toy_morph, folder)
    manifest = json.loads((folder / "bundle.json").read_text())
    manifest["config"]["axes"] = "density,nothing"
    (folder / "bundle.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="without control: \\['nothing'\\]"):
        open_generator(folder)
