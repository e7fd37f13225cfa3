"""The articulation network: what it sees, what plain rules come to, its graph, and the runtime that reads it."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch

from realtime.bundle.spec import TrainedBy
from realtime.errors import BundleError, FileError
from realtime.music.chorale import REST, STEPS, VOICES
from tests.training.test_chorale_scores import random_music, window
from training.articulation import make_task
from training.cli import export_command, train_command
from training.data.chorales import Chorale, ChoraleCorpus
from training.data.generated import generated_chorales
from training.evaluate.articulation import baseline_scores, together
from training.export.articulation import ABOUT, FILE, SHIPPED, articulate_part, build_graph, export_articulation
from training.networks.articulation import ArticulationNet, ArticulationNetConfig, channels
from training.recipes.articulation import articulation_debug
from training.tasks.articulation import Struck, cell_scores, held_cells, struck_windows


def test_channels_by_hand() -> None:
    music = window([60, 60, 62, 0], [60, 74, 60, 60], [0, 60, 60, 60], [48])
    told = channels(torch.from_numpy(music.astype(np.int64)))[0].reshape(STEPS, VOICES, 4).numpy()
    assert told[0].tolist() == [[0] * 4] * 4
    assert told[8, 0].tolist() == [1, 0, 0, 0]
    assert told[16, 0].tolist() == [0, 1, 0, pytest.approx(2 / 12)]
    assert told[24, 0].tolist() == [0, 0, 1, 0]
    assert told[8, 1].tolist() == [0, 1, 0, 1]  # fourteen semitones count as an octave
    assert told[8, 2].tolist() == [0, 1, 0, 0]  # after a rest there is no interval


def test_the_network_hears_no_key() -> None:
    torch.manual_seed(0)
    network = ArticulationNet(ArticulationNetConfig(width=8, taps=3))
    music = torch.from_numpy(random_music(4).astype(np.int64))
    with torch.no_grad():
        assert torch.equal(network(music), network(torch.where(music == REST, REST, music + 5)))


def test_held_cells_are_where_a_pitch_goes_on() -> None:
    held = held_cells(window([60, 60, 0, 0], [60] * 4, [60, 62, 60, 62], [0])[..., ::8])
    assert held[0].astype(int).tolist() == [[0, 1, 0, 0], [0, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_scores_by_hand() -> None:
    found = cell_scores(np.array([0.9, 0.4, 0.6, 0.1]), np.array([True, True, False, False]))
    assert found["accuracy"] == 0.5
    assert found["f1"] == pytest.approx(2 * 1 / (2 + 2))
    assert found["nats"] == pytest.approx(-np.log([0.9, 0.4, 0.4, 0.9]).mean())


def struck(music: np.ndarray, strikes: np.ndarray) -> Struck:
    return Struck(symbol_NVS=music, strike_NVS=strikes | ~held_cells(music) & (music != REST))


def test_rules_by_hand() -> None:
    """The soprano moves on every other beat and the others, who hold a chord, strike with it."""
    music = window([72, 74, 72, 74], [67], [64], [48])
    strikes = np.zeros(music.shape, bool)
    strikes[..., ::8] = True
    windows = struck(music, strikes)
    assert np.array_equal(together(windows), strikes & windows.held)
    found = baseline_scores(windows, windows)
    assert found["with_others"]["accuracy"] == found["with_others"]["f1"] == 1
    assert found["never"]["f1"] == 0
    assert found["never"]["accuracy"] == pytest.approx(1 - 9 / windows.held.sum())
    assert found["with_others"]["nats"] < found["never"]["nats"]


def test_windows_without_strikes_are_no_data() -> None:
    pieces = generated_chorales(4)
    silent = [Chorale(name=p.name, source="grid", split=p.split, symbol_VT=p.symbol_VT) for p in pieces]
    assert len(struck_windows(silent, 4)) == 0
    assert len(struck_windows(pieces, 16)) == 4 * 3
    with pytest.raises(FileError, match="tells a repeated note from a long one"):
        make_task(articulation_debug(), ChoraleCorpus(tunes=tuple(silent)))


def test_it_learns_that_every_beat_is_struck(tmp_path: Path) -> None:
    train_command("articulation-debug", out=tmp_path / "run")
    export_command(tmp_path / "run", tmp_path / "part")
    part = articulate_part(tmp_path / "part")
    scores = part.about.scores
    assert scores["valid.nats.generated"] < 0.68  # a coin's is 0.693
    assert {"never.accuracy.generated", "with_others.nats.generated", "beat.f1.generated"} <= set(scores)
    assert part.about.trained_by.recipe == "articulation-debug"


@pytest.fixture(scope="module")
def network() -> ArticulationNet:
    torch.manual_seed(0)
    return ArticulationNet(ArticulationNetConfig(width=8, taps=5))


def about() -> TrainedBy:
    return TrainedBy(recipe="toy", command="tests", commit="", seed=0, cpu_minutes=0.0, data=())


def test_the_graph_is_the_network_also_with_rests(network: ArticulationNet) -> None:
    music = random_music(6).astype(np.int64)
    music[:, 1, 3:9] = REST
    session = ort.InferenceSession(build_graph(network).SerializeToString(), providers=["CPUExecutionProvider"])
    (got,) = session.run(None, {"symbols": music})
    with torch.no_grad():
        assert np.abs(got - network(torch.from_numpy(music)).numpy()).max() < 1e-5


def test_a_damaged_part_is_refused(network: ArticulationNet, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no articulation network here"):
        articulate_part(tmp_path)
    export_articulation(network, about(), {}, random_music(4), tmp_path)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes() + b" ")
    with pytest.raises(BundleError, match="export it again"):
        articulate_part(tmp_path)
    (tmp_path / ABOUT).write_text("{}")
    with pytest.raises(BundleError, match="no articulation network here"):
        articulate_part(tmp_path)


def test_the_shipped_part_beats_the_rules_it_is_compared_with() -> None:
    scores = articulate_part(SHIPPED).about.scores
    rules = [scores[f"{rule}.nats.mutopia-pd"] for rule in ("never", "with_others", "beat")]
    assert scores["valid.nats.mutopia-pd"] < min(rules)
    assert scores["valid.accuracy.mutopia-pd"] > scores["with_others.accuracy.mutopia-pd"]
