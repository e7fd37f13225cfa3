"""What a window of the sketch model promises, with a network that is made up."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from realtime.generators.sketch_cells import MASK, NONE, told_of
from realtime.generators.sketch_frame import UNKNOWN_FRAME, best_shifts, moved, scale_shift
from realtime.generators.sketch_sampler import Sampling, Task, by_latent, by_order, drawn, random_ranks
from realtime.generators.sketch_window import MODES, STEP_COUNTS, SketchSettings, asked_for, sketch
from realtime.music.chorale import REST, STEPS, SYMBOLS, VOICES, ChoraleGrid, pitch_of, symbol_of
from realtime.music.scales import Scale


class FakeNetwork:
    """Likes any pitch from 50 to 75; remembers what it was shown."""

    latent_shape = (8, 4)
    frames = (1.0,) * 12

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []
        self.frame: list[int] = []
        self.heeded: list[bool] = []

    def denoise(self, cell_BVS: np.ndarray, frame_B: np.ndarray, latent_BTZ: np.ndarray | None) -> np.ndarray:
        self.seen.append(cell_BVS.copy())
        self.frame += frame_B.tolist()
        self.heeded.append(latent_BTZ is not None)
        logits = np.full((*cell_BVS.shape, SYMBOLS), -30.0, np.float32)
        logits[..., symbol_of(50) : symbol_of(75)] = 0.0
        return logits

    def imagine(self, noise_BTZ: np.ndarray, cell_BVS: np.ndarray, frame_B: np.ndarray) -> np.ndarray:
        return noise_BTZ

    def strikes(self, symbol_VS: np.ndarray) -> np.ndarray:
        return np.ones(symbol_VS.shape, bool)


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork()


def chords(*pitches: int) -> ChoraleGrid:
    return ChoraleGrid.of(np.repeat(np.array([[symbol_of(p)] for p in pitches]), STEPS, axis=1))


GRID = chords(72, 67, 64, 48)
UNLOCKED = np.zeros((VOICES, STEPS), bool)


def test_told_of_names_the_nearest_known_cells() -> None:
    cells = np.full((1, VOICES, STEPS), MASK)
    cells[0, 1, [4, 9]] = 40, 50
    self_, left, right, far_left, far_right = told_of(cells)[0, 1]
    assert self_.tolist() == cells[0, 1].tolist()
    assert left[[0, 4, 7, 9, 31]].tolist() == [NONE, 40, 40, 50, 50]
    assert right[[0, 4, 7, 9, 31]].tolist() == [40, 40, 50, 50, NONE]
    assert far_left[[0, 4, 7, 31]].tolist() == [STEPS, 0, 3, 22]
    assert far_right[[0, 4, 7, 31]].tolist() == [4, 0, 2, STEPS]
    assert (told_of(cells)[0, 0, 1:3] == NONE).all()


def test_the_frame_takes_accidentals_away_whatever_the_key() -> None:
    major = [symbol_of(60 + p) for p in (0, 2, 4, 5, 7, 9, 11, 12)]
    cells = np.full((12, VOICES, STEPS), MASK)
    for key in range(12):
        cells[key, 0, :8] = np.array(major) + key
    shift = best_shifts(cells)
    assert shift.tolist() == [0, -1, -2, -3, -4, -5, 6, 5, 4, 3, 2, 1]
    assert scale_shift(Scale(2)) == -2
    assert scale_shift(Scale(9, "minor")) == 0
    in_frame = moved(cells, shift)[:, 0, :8] % 12
    assert (in_frame == in_frame[0]).all()
    assert (moved(moved(cells, shift), -shift) == cells).all()


def test_the_frame_is_read_off_what_is_known_only() -> None:
    cells = np.full((2, VOICES, STEPS), MASK)
    assert best_shifts(cells).tolist() == [0, 0]
    cells[1] = REST
    assert best_shifts(cells).tolist() == [0, 0]


@pytest.mark.parametrize("up", [-60, -30, -7, 0, 6, 18, 90])
def test_moving_stays_in_the_grid_by_octaves(up: int) -> None:
    cells = np.arange(1, SYMBOLS)[None, None]
    out = moved(cells, np.array([up]))
    assert ((out >= 1) & (out < SYMBOLS)).all()
    assert ((out - cells - up) % 12 == 0).all()
    rest = np.array([[[REST, MASK]]])
    assert (moved(rest, np.array([up])) == rest).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("steps", STEP_COUNTS)
def test_every_way_draws_all_that_is_asked_for_and_nothing_else(network: FakeNetwork, mode: str, steps: int) -> None:
    locked = np.random.default_rng(1).random((VOICES, STEPS)) < 0.4
    settings = SketchSettings(mode=mode, steps=steps, amount=0.6)
    out = sketch(network, GRID, locked, settings, np.random.default_rng(2))
    assert out.symbol_VS.min() >= REST
    assert out.symbol_VS.max() < SYMBOLS
    kept = locked | (np.arange(VOICES)[:, None] == 0) if mode == "harmonise" else locked
    if mode == "continue":
        assert (out.symbol_VS[:, :16] == GRID.symbol_VS[:, 16:]).all()
    else:
        assert (out.symbol_VS == GRID.symbol_VS)[kept].all()
    assert (out.symbol_VS != GRID.symbol_VS).any()
    assert len(network.seen) <= steps


def test_a_run_a_step_and_a_latent_up_to_four(network: FakeNetwork) -> None:
    for steps in STEP_COUNTS:
        network.heeded.clear()
        sketch(network, GRID, UNLOCKED, SketchSettings(steps=steps), np.random.default_rng(0))
        assert len(network.heeded) == steps
        assert network.heeded[0] == (steps <= 4)
        assert not any(network.heeded[1:])


def test_refining_costs_a_run_each_and_keeps_what_is_locked(network: FakeNetwork) -> None:
    locked = np.zeros((VOICES, STEPS), bool)
    locked[:, :16] = True
    out = sketch(network, GRID, locked, SketchSettings(steps=1, refine=3), np.random.default_rng(0))
    assert len(network.seen) == 4
    assert (out.symbol_VS[:, :16] == GRID.symbol_VS[:, :16]).all()
    hidden = [(cells == MASK)[0] for cells in network.seen]
    assert [int(h.sum()) for h in hidden] == [64, 16, 16, 16]
    assert not any(h[:, :16].any() for h in hidden)


def test_only_drawn_cells_are_struck_anew(network: FakeNetwork) -> None:
    locked = np.broadcast_to(np.arange(STEPS) < 16, (VOICES, STEPS))
    out = sketch(network, GRID, locked, SketchSettings(), np.random.default_rng(0))
    assert (out.strike_VS[:, :16] == GRID.strike_VS[:, :16]).all()
    assert out.strike_VS[:, 16:].all()


def test_everything_locked_is_left_as_it_is(network: FakeNetwork) -> None:
    assert sketch(network, GRID, ~UNLOCKED, SketchSettings(), np.random.default_rng(0)) is GRID
    assert not network.seen


def test_vary_asks_for_more_of_the_same_cells() -> None:
    masks = [
        asked_for(GRID, UNLOCKED, SketchSettings(mode="vary", amount=k / 10), np.random.default_rng(5))
        for k in range(11)
    ]
    assert [int(m.sum()) for m in masks] == [round(12.8 * k) for k in range(11)]
    for less, more in pairwise(masks):
        assert not (less & ~more).any()
    tiles = masks[5].reshape(VOICES, -1, 4).sum(-1)
    assert ((tiles > 0) & (tiles < 4)).sum() <= 1


def test_same_seed_same_notes(network: FakeNetwork) -> None:
    first, again, other = (
        sketch(network, GRID, UNLOCKED, SketchSettings(), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_absent_voices_are_neither_drawn_nor_known_to_rest(network: FakeNetwork) -> None:
    grid = ChoraleGrid.of(np.where(np.arange(VOICES)[:, None] == 0, GRID.symbol_VS, REST))
    locked = np.broadcast_to(np.arange(STEPS) < 16, (VOICES, STEPS))
    out = sketch(network, grid, locked, SketchSettings(absent=(1, 2, 3)), np.random.default_rng(0))
    assert (network.seen[0][0, 1:] == MASK).all()
    assert (out.symbol_VS[1:] == REST).all()
    assert (out.symbol_VS[0, :16] == grid.symbol_VS[0, :16]).all()
    assert (out.symbol_VS[0, 16:] != REST).all()


def test_a_scale_with_full_pull_has_no_other_notes(network: FakeNetwork) -> None:
    scale = Scale(3, "harmonic-minor")
    for grid, locked in ((GRID, UNLOCKED), (chords(75, 71, 67, 63), np.arange(STEPS) < 8)):
        mask = np.broadcast_to(locked, (VOICES, STEPS))
        out = sketch(network, grid, mask, SketchSettings(scale=scale, pull=12), np.random.default_rng(0))
        drawn_pitches = [pitch_of(s) for s in out.symbol_VS[~mask] if s != REST]
        assert sum(not scale.contains(p) for p in drawn_pitches) <= 1
    assert UNKNOWN_FRAME in network.frame


def test_a_low_melody_is_read_where_sopranos_are(network: FakeNetwork) -> None:
    grid = ChoraleGrid.of(np.where(np.arange(VOICES)[:, None] == 0, symbol_of(48), REST) * np.ones((1, STEPS), int))
    out = sketch(network, grid, UNLOCKED, SketchSettings(mode="harmonise"), np.random.default_rng(0))
    assert (out.symbol_VS[0] == symbol_of(48)).all()
    assert abs(pitch_of(int(network.seen[0][0, 0, 0])) - 70) <= 9 + 6


def test_high_music_is_read_high(network: FakeNetwork) -> None:
    for grid in (chords(78, 72, 66, 58), chords(62, 56, 50, 42)):  # else continuing it would drift without end
        network.seen.clear()
        sketch(network, grid, UNLOCKED, SketchSettings(mode="continue"), np.random.default_rng(0))
        shift = network.seen[0][0, 0, 0] - grid.symbol_VS[0, 0]
        assert abs(shift) <= 6


def test_drawing_follows_the_logits_and_takes_one_number_a_cell() -> None:
    logits = np.zeros((1, VOICES, STEPS, SYMBOLS), np.float32)
    logits[..., 7] = np.log(84.0)  # as likely as all the others together
    cells, now = np.zeros((1, VOICES, STEPS), np.int64), np.ones((1, VOICES, STEPS), bool)
    rng = np.random.default_rng(0)
    share = np.mean([(drawn(logits, now, cells, Sampling(), rng) == 7).mean() for _ in range(40)])
    assert share == pytest.approx(0.5, abs=0.03)
    assert (drawn(logits, now, cells, Sampling(temperature=0), rng) == 7).all()
    a, b = np.random.default_rng(3), np.random.default_rng(3)
    drawn(logits, now, cells, Sampling(), a)
    b.random(VOICES * STEPS)
    assert a.random() == b.random()


def test_ranks_number_the_hidden_cells_first() -> None:
    hidden = np.random.default_rng(0).random((5, VOICES, STEPS)) < 0.3
    rank = random_ranks(hidden, np.random.default_rng(1))
    for one, where in zip(rank, hidden, strict=True):
        assert sorted(one[where].tolist()) == list(range(int(where.sum())))


def test_both_samplers_leave_no_cell_hidden(network: FakeNetwork) -> None:
    hidden = np.random.default_rng(0).random((6, VOICES, STEPS)) < np.linspace(0, 1, 6)[:, None, None]
    task = Task(np.where(hidden, MASK, 9), hidden, np.zeros(6, np.int64))
    for method, steps in ((by_order, 7), (by_latent, 3)):
        out = method(network, task, replace(Sampling(), steps=steps), np.random.default_rng(0))
        assert (out != MASK).all()
        assert (out[~hidden] == 9).all()
