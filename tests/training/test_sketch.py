"""Sketch: what is hidden, and what the networks learn from it."""

import numpy as np
import pytest
import torch

from realtime.generators.sketch_cells import MASK, told_of
from realtime.generators.sketch_frame import UNKNOWN_FRAME
from realtime.music.chorale import REST, STEPS, SYMBOLS, VOICES
from training.config import RollConfig, RollRecipe
from training.networks.roll_unet import RollUnet
from training.networks.sketch import Denoiser
from training.networks.sketch_flow import LatentFlow, travel
from training.recipes.sketch import sketch_debug
from training.tasks.roll_diffusion import MIDI_PITCHES, RollTask, roll_of
from training.tasks.sketch import SketchTask, framed, hidden_nats
from training.tasks.sketch_masks import drawn_masks, random_cells, some_of


def test_masks_hide_something_and_every_number_of_cells_as_often() -> None:
    rng = np.random.default_rng(0)
    masks = drawn_masks(2000, rng)
    assert masks.shape == (2000, VOICES, STEPS)
    assert masks.any((1, 2)).all()
    whole_voice = masks.all(2).any(1) & ~masks.all((1, 2))
    block = masks.all(1).any(1) & ~masks.all((1, 2))
    assert whole_voice.mean() > 0.05
    assert block.mean() > 0.05
    counts = random_cells(12_800, rng).sum((1, 2))
    assert counts.min() == 1
    assert counts.max() == VOICES * STEPS
    assert counts.mean() == pytest.approx(64.5, abs=1)
    region = np.zeros((500, VOICES, STEPS), bool)
    region[:, 2, 5:9] = True
    some = some_of(region, rng)
    assert not (some & ~region).any()
    assert np.bincount(some.sum((1, 2)), minlength=5)[1:].min() > 90


def test_losses_are_finite_and_reach_every_network(chorales: np.ndarray) -> None:
    torch.manual_seed(0)
    task = SketchTask(sketch_debug(), chorales, chorales)
    task.steps = 100
    names = []
    for name, loss in task.losses(chorales[:8].astype(np.int64)):
        loss.backward()
        names.append(name)
    assert names == ["network", "flow", "few"]
    for network in (task.network.denoiser, task.flow, task.few):
        gradients = [p.grad for p in network.parameters()]
        assert all(g is not None and torch.isfinite(g).all() for g in gradients)
    assert all(p.grad is None for p in task.network.encoder.parameters())  # stands still by then


def test_the_encoder_learns_before_it_stands_still(chorales: np.ndarray) -> None:
    task = SketchTask(sketch_debug(), chorales, chorales)
    ((name, loss),) = task.losses(chorales[:8].astype(np.int64))
    loss.backward()
    assert name == "network"
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in task.network.encoder.out.parameters())


def test_hidden_cells_do_not_leak(chorales: np.ndarray) -> None:
    symbols = chorales[:6].astype(np.int64)
    hidden = np.zeros(symbols.shape, bool)
    hidden[:, 1:3, 8:24] = True
    other = symbols.copy()
    other[hidden] = np.random.default_rng(0).integers(0, SYMBOLS, int(hidden.sum()))
    no = np.zeros(len(symbols), bool)
    a, b = (framed(x, hidden, no, no) for x in (symbols, other))
    assert torch.equal(a.told_BVFS, b.told_BVFS)
    assert torch.equal(a.frame_B, b.frame_B)
    assert (a.frame_B == UNKNOWN_FRAME).all()


def test_hidden_cells_are_masked_in_what_the_network_sees(chorales: np.ndarray) -> None:
    hidden = drawn_masks(5, np.random.default_rng(0))
    seen = framed(chorales[:5].astype(np.int64), hidden, np.ones(5, bool), np.zeros(5, bool))
    assert ((seen.cell_BVS == MASK) == torch.from_numpy(hidden)).all()


def test_without_a_latent_none_is_heeded(chorales: np.ndarray) -> None:
    network = Denoiser(sketch_debug().network).eval()
    told, frame = torch.from_numpy(told_of(chorales[:3].astype(np.int64))), torch.zeros(3, dtype=torch.int64)
    noise, zeros = torch.randn(3, 8, 4), torch.zeros(3)
    nothing = torch.zeros(3, 8, 4)
    assert torch.equal(network(told, frame, noise, zeros), network(told, frame, nothing, zeros))
    assert not torch.equal(network(told, frame, noise, 1 + zeros), network(told, frame, nothing, 1 + zeros))


def test_nats_of_uniform_logits() -> None:
    whole = np.zeros((2, VOICES, STEPS), np.int64)
    hidden = np.zeros(whole.shape, bool)
    hidden[0, 0, 0] = hidden[1] = True
    seen = framed(whole, hidden, np.ones(2, bool), np.ones(2, bool))
    nats = hidden_nats(torch.zeros(2, VOICES, STEPS, SYMBOLS), seen)
    assert nats.tolist() == pytest.approx([np.log(SYMBOLS)] * 2, abs=1e-5)


def test_one_step_of_the_flow_is_one_run_at_the_noise(chorales: np.ndarray) -> None:
    flow, cells = LatentFlow(sketch_debug().network).eval(), torch.from_numpy(chorales[:2].astype(np.int64))
    noise, frame = torch.randn(2, 8, 4), torch.zeros(2, dtype=torch.int64)
    got = travel(flow, noise, cells, frame, 1)
    assert torch.allclose(got, noise + flow(noise, torch.zeros(2), cells, frame))


def test_the_baseline_learns_and_draws_rolls(chorales: np.ndarray) -> None:
    recipe = RollRecipe(
        name="", kind="sketch", title="", train=sketch_debug().train, roll=RollConfig(samples=3, steps=2)
    )
    torch.manual_seed(0)
    task = RollTask(recipe, chorales, chorales[:8])
    ((_, loss),) = task.losses(chorales[:4].astype(np.int64))
    loss.backward()
    assert all(p.grad is not None for p in task.network.parameters())
    assert task.sample(3).shape == (3, VOICES, STEPS)
    roll = roll_of(torch.from_numpy(chorales[:2].astype(np.int64)))
    assert roll.shape == (2, VOICES, MIDI_PITCHES, STEPS)
    assert ((roll > 0).sum(2) == torch.from_numpy(chorales[:2] != REST)).all()
    assert RollUnet(VOICES, recipe.network)(roll, torch.zeros(2)).shape == roll.shape
