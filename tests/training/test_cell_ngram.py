"""The n-gram over cells: what it is told, that it is a distribution, and that it learns."""

from random import Random

import numpy as np
import pytest

from realtime.music.chorale import REST, SYMBOLS, VOICES
from tests.training.test_chorale_scores import random_music
from training.evaluate.cell_ngram import OPENING, REST_ID, UNISON, CellNGram, Reader, window_baseline


def read(*steps: tuple[int, int, int, int]) -> Reader:
    reader = Reader()
    for step in steps:
        for symbol in step:
            reader.took(symbol)
    return reader


def test_a_cell_is_an_interval_from_its_voices_last_pitch() -> None:
    reader = read((50, 45, 40, 30), (50, 45, 40, REST))
    assert reader.voice == 0
    assert [reader.id_of(symbol) - UNISON for symbol in (50, 52, 47)] == [0, 2, -3]
    assert reader.id_of(REST) == REST_ID
    for symbol in (50, 45, 40):
        reader.took(symbol)
    assert reader.id_of(31) - UNISON == 1  # from the pitch before the rest


def test_contexts_by_hand() -> None:
    reader = read((50, 45, 40, 30), (52, 45, 40, 30), (52, 45, 40, 30))
    reader.took(53)  # the soprano moves at step 2, so the alto's cell of step 3 is next
    *_, chord, move = reader.contexts()
    assert chord[:3] == (1, False, False)
    assert chord[3] == ((True,), 3)
    assert chord[4] == 3  # steps that the alto has held
    assert chord[5] == tuple(sorted({(53 - 45) % 12, (40 - 45) % 12, (30 - 45) % 12}))
    assert move == (*chord, 0)


def test_transposed_music_looks_the_same_but_for_its_opening() -> None:
    steps = ((50, 45, 40, 30), (52, 45, 40, 30))
    assert read(*steps).contexts() == read(*(tuple(s + 3 for s in step) for step in steps)).contexts()


def test_all_symbols_share_the_probability() -> None:
    music = random_music(20)
    music[3, 1, 5:9] = REST
    ngram = CellNGram(music)
    for reader in (Reader(), read((50, 45, 40, 30)), read((84, 84, 1, 1)), read((REST, 45, 40, 30))):
        p_K = ngram.distribution(reader)
        assert p_K.shape == (SYMBOLS,)
        assert p_K.sum() == pytest.approx(1)
        assert (p_K > 0).all()


def test_unheard_of_music_costs_as_much_as_guessing() -> None:
    found = CellNGram([]).score(random_music(2))
    assert found["nats_per_cell"] == found["nats_per_changed_cell"] == pytest.approx(np.log(SYMBOLS))


def test_it_learns_and_changes_are_what_costs() -> None:
    ngram = CellNGram(random_music(60))
    found = ngram.score(random_music(10, seed=1))
    assert found["nats_per_cell"] < 0.5
    assert found["nats_per_changed_cell"] > 2 * found["nats_per_cell"]


def test_draws_are_as_likely_as_the_distribution_says() -> None:
    ngram, reader = CellNGram(random_music(4)), read((50, 45, 40, 30))
    random = Random(0)
    drawn_K = np.bincount([ngram.draw(reader, random) for _ in range(20_000)], minlength=SYMBOLS) / 20_000
    assert np.abs(drawn_K - ngram.distribution(reader)).max() < 0.012  # three standard errors of a share of one half


def test_samples_go_on_from_their_openings() -> None:
    music = random_music(40)
    ngram = CellNGram(music)
    sampled = ngram.sample(list(music[:6, :, 0]), 32)
    assert sampled.shape == (6, VOICES, 32)
    assert np.array_equal(sampled[..., 0], music[:6, :, 0])
    assert np.array_equal(sampled, ngram.sample(list(music[:6, :, 0]), 32))
    assert not np.array_equal(sampled, ngram.sample(list(music[:6, :, 0]), 32, seed=1))
    assert (sampled[..., 1:] == sampled[..., :-1]).mean() > 0.5


def test_the_baseline_has_the_names_of_the_sketch_models_scores() -> None:
    music = random_music(20)
    found = window_baseline(music, music[:5])
    assert found["nats_per_changed_cell"] > found["bound_nats_per_cell"] > 0
    assert window_baseline(music[:0], music) == {}


def test_the_opening_lies_in_the_grids_range() -> None:
    assert all(0 < symbol < SYMBOLS for symbol in OPENING)
