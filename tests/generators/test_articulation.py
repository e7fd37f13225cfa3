"""The runtime of the articulation graph, on a graph with random weights."""

from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.generators.articulation import Articulation
from realtime.music.chorale import REST, STEPS, VOICES
from tests.toy_bundle import write_toy_morph
from tests.training.test_chorale_scores import random_music


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    import torch

    from realtime.bundle.store import load_bundle
    from training.export.articulation import FILE, SPEC, build_graph
    from training.networks.articulation import ArticulationNet, ArticulationNetConfig

    folder = write_toy_morph(tmp_path_factory.mktemp("bundles") / "toy")
    torch.manual_seed(0)
    network = ArticulationNet(ArticulationNetConfig(width=16, taps=3, layers=1))
    network.out.weight.data *= 20
    toy = load_bundle(folder)
    spec = msgspec.structs.replace(toy.spec, graphs=(*toy.spec.graphs, SPEC))
    return Bundle(folder, spec, {**toy.contents, FILE: build_graph(network).SerializeToString()})


def piece(steps: int) -> np.ndarray:
    long = np.concatenate(list(random_music(8)), axis=1)[:, :steps].astype(np.int64)
    long[2, 5:12] = REST
    return long


def test_pitches_stay_and_strikes_are_canonical(bundle: Bundle) -> None:
    symbols = piece(100)
    grid = Articulation(bundle).grid(symbols)
    assert np.array_equal(grid.symbol_VS, symbols)
    assert not grid.strike_VS[symbols == REST].any()
    assert grid.strike_VS[:, 1:][(symbols[:, 1:] != symbols[:, :-1]) & (symbols[:, 1:] != REST)].all()
    held = (symbols[:, 1:] == symbols[:, :-1]) & (symbols[:, 1:] != REST)
    assert 0 < grid.strike_VS[:, 1:][held].mean() < 1


def test_the_same_seed_gives_the_same_strikes(bundle: Bundle) -> None:
    articulation, symbols = Articulation(bundle), piece(64)
    drawn = [articulation.grid(symbols, np.random.default_rng(seed)) for seed in (1, 1, 2, 3, 4, 5)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1


def test_one_threshold_for_all_a_lower_one_only_adds_strikes(bundle: Bundle) -> None:
    articulation, symbols = Articulation(bundle), piece(64)
    strikes = [articulation.grid(symbols, np.random.default_rng(seed)).strike_VS for seed in range(6)]
    strikes.sort(key=np.sum)
    assert all((fewer <= more).all() for fewer, more in pairwise(strikes))


@pytest.mark.parametrize("steps", [1, 20, STEPS, STEPS + 4, 5 * STEPS])
def test_pieces_of_any_length(bundle: Bundle, steps: int) -> None:
    p = Articulation(bundle).probabilities(piece(steps))
    assert p.shape == (VOICES, steps)
    assert ((p > 0) & (p < 1)).all()


def test_a_window_says_what_its_middle_knows(bundle: Bundle) -> None:
    articulation, symbols = Articulation(bundle), piece(2 * STEPS)
    whole = articulation.probabilities(symbols)
    later = articulation.probabilities(symbols[:, 16:])
    assert np.allclose(whole[:, 24:], later[:, 8:])  # the window that begins at step 16 says it both times
    assert not np.allclose(whole[:, 16:24], later[:, :8])


def test_a_bundle_without_the_graph_says_so(tmp_path: Path) -> None:
    from realtime.bundle.store import load_bundle

    plain = load_bundle(write_toy_morph(tmp_path / "plain"))
    with pytest.raises(BundleError, match="no graph 'articulate'"):
        Articulation(plain)
