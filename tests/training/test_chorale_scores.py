"""The scores of four-part music, by cases small enough to work out by hand."""

import numpy as np
import pytest

from realtime.errors import FileError
from realtime.music.chorale import REST, STEPS, VOICES, symbol_of
from training.evaluate.chorale import (
    Reference,
    Scale,
    controls,
    frechet_distance,
    mixed_voices,
    noisy_cells,
    scores,
    shuffled_beats,
    texture,
)
from training.evaluate.chorale_features import (
    FEATURE_NAMES,
    chord_fits,
    class_entropy,
    features,
    scale_fits,
    tonal_distances,
)


def window(*voices: list[int]) -> np.ndarray:
    """[1, V, 32] of MIDI pitches (0: rest), each list repeated evenly over the 32 steps."""
    rows = [np.repeat([symbol_of(p) if p else REST for p in voice], STEPS // len(voice)) for voice in voices]
    return np.array([rows], np.uint8)


C_MAJOR = window([72], [67], [64], [48])


def test_chord_fit_by_hand() -> None:
    steps = window([72, 72, 73, 0], [67, 67, 67, 0], [64, 65, 64, 0], [48, 48, 48, 0])
    fits = chord_fits(steps)[0, ::8]
    assert fits.tolist() == [True, False, False, True]  # C E G; C F G; C# E G with C; nothing sounds


def test_every_inversion_of_a_seventh_chord_fits() -> None:
    assert chord_fits(window([77], [74], [71], [55])).all()  # G7
    assert not chord_fits(window([60], [61], [62], [63])).any()


def test_scale_fit_by_hand() -> None:
    assert scale_fits(window([60, 62, 64, 65], [60], [60], [60])).tolist() == [1.0]
    # C major holds all but the F sharps, 8 of 128 cells; no scale holds C, F sharp and F together
    assert scale_fits(window([60, 66, 64, 65], [60], [60], [65]))[0] == pytest.approx(120 / 128)


def test_entropy_by_hand() -> None:
    assert class_entropy(window([60], [72], [48], [36])).tolist() == [0.0]
    assert class_entropy(window([60], [62], [64], [65]))[0] == pytest.approx(np.log(4))


def test_tonal_distance_by_hand() -> None:
    octaves = tonal_distances(window([72], [60], [48], [36]))
    assert octaves == pytest.approx(np.zeros((1, 6, 8)))
    # A fifth: 30 degrees on the first circle, 90 on the second, 120 on the third of radius 1/2.
    fifth = tonal_distances(window([67], [60], [60], [60]))[0, 0, 0]
    chords = [2 * np.sin(np.radians(angle) / 2) for angle in (7 * 210 % 360, 7 * 270 % 360, 7 * 120 % 360)]
    assert fifth == pytest.approx(np.sqrt(chords[0] ** 2 + chords[1] ** 2 + (chords[2] / 2) ** 2))


def test_a_silent_voice_has_no_tonal_distance() -> None:
    distance = tonal_distances(window([67], [0], [60], [60]))
    assert np.isnan(distance[0, 0]).all()
    assert not np.isnan(distance[0, 1]).any()


def test_texture_by_hand() -> None:
    # Soprano: C for a bar, then silence. Alto: four notes of a half bar. Tenor: a sixteenth, then one long note.
    music = window([72, 0], [60, 62, 64, 62], [60] + [62] * 31, [48])
    found = texture(music)
    assert found["empty_bars"] == 1 / 8
    assert found["used_pitch_classes.soprano"] == 0.5
    assert found["used_pitch_classes.alto"] == 2
    assert found["qualified_notes.tenor"] == 0.5
    assert found["qualified_notes.alto"] == 1
    assert found["voice_crossing"] == 7 / 32  # tenor above alto in steps 1-7; equal is no crossing
    assert found["mean_leap"] == 2  # alto 2, 2, 2; tenor 2
    assert found["distinct"] == 1
    assert found["held"] == pytest.approx((15 + 28 + 30 + 31) / (4 * 31))


def test_features_by_hand() -> None:
    found = dict(zip(FEATURE_NAMES, features(window([72, 76], [67], [64], [0]))[0], strict=True))
    assert len(found) == 55
    assert found["soprano.mean_pitch"] == 74
    assert found["soprano.pitch_spread"] == 2
    assert found["soprano.pitch_range"] == 4
    assert found["soprano.onsets"] == 2
    assert found["soprano.pitch_classes"] == 2
    assert found["soprano.mean_interval"] == 4
    assert found["soprano.leaps"] == 1
    assert found["soprano.off_beat"] == 0
    assert found["bass.rests"] == 1
    assert found["bass.mean_pitch"] == 0
    assert found["spacing.sa"] == 7
    assert found["crossing.at"] == 0
    assert found["onsets.0"] == 1
    assert found["scale_fit"] == found["chord_fit"] == 1


def test_off_beat_onsets_show_in_the_profile() -> None:
    late = np.repeat(C_MAJOR, 1, axis=0)
    late[0, 0, :2] = REST  # the soprano comes in an eighth late
    found = dict(zip(FEATURE_NAMES, features(late)[0], strict=True))
    assert found["soprano.off_beat"] == 1
    assert found["onsets.2"] == 1 / 4


def test_frechet_distance_by_hand() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((400, 3))
    scale = Scale(mean_F=np.zeros(3), spread_F=np.ones(3))
    assert frechet_distance(x, x, scale) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(x, x + np.array([2, 0, 0]), scale) == pytest.approx(4)
    # Twice as wide: trace C + trace 4C - 2 trace 2C = trace C.
    assert frechet_distance(x, 2 * x, scale) == pytest.approx(np.trace(np.cov(x.T)) + (x.mean(0) ** 2).sum())


def random_music(size: int, seed: int = 0) -> np.ndarray:
    """Windows of held chords of C and G major with passing notes."""
    rng = np.random.default_rng(seed)
    chords = np.array([[72, 67, 64, 48], [71, 67, 62, 43], [74, 67, 59, 47]])
    beats = chords[rng.integers(0, 3, (size, 8))] + rng.integers(0, 2, (size, 8, 1)) * 2
    return np.repeat(beats.transpose(0, 2, 1), 4, axis=-1).astype(np.uint8) - 23


def test_scores_tell_real_music_from_what_was_done_to_it() -> None:
    train, held_out = random_music(80), random_music(80, seed=1)
    reference = Reference.of(train, held_out)
    found = controls(train, reference)
    assert found["real_train"]["frechet_distance"] < found["noise_5_percent"]["frechet_distance"]
    assert found["real_train"]["frechet_distance"] < found["voices_mixed"]["frechet_distance"]
    assert found["voices_mixed"]["harmonic_coherence"] == pytest.approx(0, abs=0.1)
    assert scores(held_out, reference)["harmonic_coherence"] == 1
    assert scores(held_out, reference) == scores(held_out, reference)


def test_controls_change_what_they_say_and_nothing_else() -> None:
    music, rng = random_music(50), np.random.default_rng(0)
    mixed = mixed_voices(music, rng)
    assert sorted(map(bytes, mixed[:, 2])) == sorted(map(bytes, music[:, 2]))
    assert (mixed != music).any()
    shuffled = shuffled_beats(music, rng)
    assert np.array_equal(np.sort(shuffled), np.sort(music))
    assert np.array_equal(chord_fits(shuffled).mean(-1), chord_fits(music).mean(-1))
    assert 0.02 < (noisy_cells(music, rng) != music).mean() < 0.05


def test_without_training_music_the_held_out_gives_the_scale() -> None:
    held_out = random_music(40)
    assert scores(held_out, Reference.of(held_out[:0], held_out))["frechet_distance"] == pytest.approx(0, abs=1e-3)


def test_a_handful_of_windows_is_nothing_to_compare_with() -> None:
    with pytest.raises(FileError, match="7 held-out windows of two bars; at least 8"):
        Reference.of(random_music(40), random_music(7))


def test_silence_is_scored_without_a_warning() -> None:
    silence = np.zeros((20, VOICES, STEPS), np.uint8)
    found = scores(silence, Reference.of(random_music(60), random_music(60, seed=1)))
    assert found["empty_bars"] == 1
    assert found["distinct"] == 1
    assert np.isfinite(list(found.values())).all()
