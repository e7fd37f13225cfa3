import json
from pathlib import Path

import numpy as np
import pytest
import torch

from realtime.bundle import load_bundle
from realtime.bundle.spec import TrainedBy
from realtime.errors import UsageError
from realtime.generators.base import GenerateRequest
from realtime.generators.sketch import SketchGenerator
from realtime.generators.sketch_cells import MASK, told_of
from realtime.generators.sketch_frame import UNKNOWN_FRAME, best_shifts
from realtime.generators.sketch_network import SketchNetwork
from realtime.generators.sketch_window import MODES, WAYS
from realtime.music.chorale import REST, STEPS, SYMBOLS, VOICES
from realtime.music.note import Note, Phrase
from realtime.music.scales import SCALES, Scale
from training.checkpoint import read_about
from training.cli import evaluate_command, export_command, train_command
from training.config import RollConfig, RollRecipe
from training.data.chorales import windows
from training.data.generated import generated_chorales
from training.evaluate.sketch import at, bound, copied_block, log_probabilities, sample, spearman
from training.export.articulation import export_articulation
from training.export.exporter import ExportAbout
from training.export.sketch import SketchParts, export_sketch
from training.networks.articulation import ArticulationNet, ArticulationNetConfig
from training.networks.roll_unet import RollUnet
from training.networks.sketch import Denoiser, SketchNet
from training.networks.sketch_flow import LatentFlow, travel
from training.recipes.sketch import sketch_debug
from training.tasks.roll_diffusion import MIDI_PITCHES, RollTask, roll_of
from training.tasks.sketch import SketchTask, framed, hidden_nats
from training.tasks.sketch_masks import drawn_masks, random_cells, some_of

BAR = 1920


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    return windows(generated_chorales(6), 4)


@pytest.fixture(scope="module")
def bundle_folder(music: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    config = sketch_debug().network
    network, few = SketchNet(config), LatentFlow(config)
    with torch.no_grad():
        for parameter in (*network.parameters(), *few.parameters()):
            parameter.mul_(1.5)
    about = ExportAbout(
        name="sketch",
        title="",
        trained_by=TrainedBy(recipe="", command="", commit="", seed=0, cpu_minutes=0, data=()),
    )
    folder = tmp_path_factory.mktemp("export")
    articulate = export_articulation(
        ArticulationNet(ArticulationNetConfig(width=8)), about.trained_by, {}, music, folder / "shared"
    )
    parts = SketchParts(network=network, few=few, articulate=articulate)
    folder = folder / "sketch"
    export_sketch(parts, about, {"train": music, "valid": music}, folder)
    return folder


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


def test_losses_are_finite_and_reach_every_network(music: np.ndarray) -> None:
    torch.manual_seed(0)
    task = SketchTask(sketch_debug(), music, music)
    task.steps = 100
    names = []
    for name, loss in task.losses(music[:8].astype(np.int64)):
        loss.backward()
        names.append(name)
    assert names == ["network", "flow", "few"]
    for network in (task.network.denoiser, task.flow, task.few):
        gradients = [p.grad for p in network.parameters()]
        assert all(g is not None and torch.isfinite(g).all() for g in gradients)
    assert all(p.grad is None for p in task.network.encoder.parameters())  # stands still by then


def test_the_encoder_learns_before_it_stands_still(music: np.ndarray) -> None:
    task = SketchTask(sketch_debug(), music, music)
    ((name, loss),) = task.losses(music[:8].astype(np.int64))
    loss.backward()
    assert name == "network"
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in task.network.encoder.out.parameters())


def test_hidden_cells_do_not_leak(music: np.ndarray) -> None:
    symbols = music[:6].astype(np.int64)
    hidden = np.zeros(symbols.shape, bool)
    hidden[:, 1:3, 8:24] = True
    other = symbols.copy()
    other[hidden] = np.random.default_rng(0).integers(0, SYMBOLS, int(hidden.sum()))
    no = np.zeros(len(symbols), bool)
    a, b = (framed(x, hidden, no, no) for x in (symbols, other))
    assert torch.equal(a.told_BVFS, b.told_BVFS)
    assert torch.equal(a.frame_B, b.frame_B)
    assert (a.frame_B == UNKNOWN_FRAME).all()


def test_without_a_latent_none_is_heeded(music: np.ndarray) -> None:
    network = Denoiser(sketch_debug().network).eval()
    told, frame = torch.from_numpy(told_of(music[:3].astype(np.int64))), torch.zeros(3, dtype=torch.int64)
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


def test_one_step_of_the_flow_is_one_run_at_the_noise(music: np.ndarray) -> None:
    flow, cells = LatentFlow(sketch_debug().network).eval(), torch.from_numpy(music[:2].astype(np.int64))
    noise, frame = torch.randn(2, 8, 4), torch.zeros(2, dtype=torch.int64)
    got = travel(flow, noise, cells, frame, 1)
    assert torch.allclose(got, noise + flow(noise, torch.zeros(2), cells, frame))


def test_the_shipped_form_computes_what_was_trained(bundle_folder: Path) -> None:
    bundle = load_bundle(bundle_folder)  # the export has compared it with torch
    assert bundle.spec.graph("denoise").inputs[0].shape == ("N", VOICES, 5, STEPS)
    frames = [int(x) for x in str(bundle.spec.config["frames"]).split(",")]
    assert len(frames) == 12
    assert sum(frames) > 0


def test_probabilities_sum_to_one_in_every_key(bundle_folder: Path, music: np.ndarray) -> None:
    network = SketchNetwork(load_bundle(bundle_folder))
    symbols = music[:10].astype(np.int64)
    symbols = np.where(symbols == REST, REST, symbols + np.arange(-5, 5)[:, None, None])
    hidden = random_cells(len(symbols), np.random.default_rng(0))
    total = np.exp(log_probabilities(network, symbols, hidden)).sum(-1)
    assert (total < 1 + 1e-5).all()
    assert total.mean() > 0.9  # what is left over is beyond the frame's ends, where an untrained network looks too


def test_transposed_music_is_exactly_as_likely(bundle_folder: Path, music: np.ndarray) -> None:
    network = SketchNetwork(load_bundle(bundle_folder))
    symbols = music[:30].astype(np.int64)
    up = np.where(symbols == REST, REST, symbols + 1)
    hidden = np.random.default_rng(0).random(symbols.shape) < 0.5
    shifts = [best_shifts(np.where(hidden, MASK, x)) for x in (symbols, up)]
    same = shifts[1] == shifts[0] - 1  # else the shorter way is the other way round
    assert same.mean() > 0.5
    a, b = (at(log_probabilities(network, x[same], hidden[same]), x[same]) for x in (symbols, up))
    np.testing.assert_allclose(a, b, atol=1e-4)
    assert bound(network, music[:4]) > 0


def test_samples_have_the_asked_for_number_of_windows(bundle_folder: Path) -> None:
    network = SketchNetwork(load_bundle(bundle_folder))
    a, b = (sample(network, 7, WAYS[steps], 0) for steps in (2, 16))
    assert a.shape == b.shape == (7, VOICES, STEPS)
    assert (sample(network, 7, WAYS[2], 0) == a).all()
    assert a.max() < SYMBOLS


def test_copying_the_neighbour_by_hand() -> None:
    still = np.full((5, VOICES, STEPS), 30, np.uint8)
    assert copied_block(still) == 1.0
    moving = np.broadcast_to(np.arange(STEPS, dtype=np.uint8) + 1, (5, VOICES, STEPS))
    assert copied_block(moving) == 0.0


def test_spearman_by_hand() -> None:
    assert spearman(np.array([1, 2, 3, 4.0]), np.array([1, 4, 9, 16.0])) == pytest.approx(1)
    assert spearman(np.array([1, 2, 3.0]), np.array([3, 2, 1.0])) == pytest.approx(-1)
    assert spearman(np.array([1, 2, 3.0]), np.array([1, 3, 2.0])) == pytest.approx(0.5)


def melody(*pitches: int, start: int = 0) -> Phrase:
    return Phrase.of([Note(start + i * 480, pitch, 480, 90) for i, pitch in enumerate(pitches)])


TUNE = melody(67, 69, 71, 72, 71, 69, 67, 67)


@pytest.mark.parametrize("mode", range(len(MODES)))
@pytest.mark.parametrize("context", [Phrase(), TUNE], ids=["nothing", "tune"])
def test_the_generator_answers_in_time_in_four_parts(bundle_folder: Path, mode: int, context: Phrase) -> None:
    generator = SketchGenerator(load_bundle(bundle_folder))
    request = GenerateRequest(
        context=context,
        start_tick=2 * BAR,
        length_ticks=3 * BAR + 480,
        controls={"mode": mode, "amount": 1, "steps": 0},
    )
    parts = generator.parts(request, generator.initial_state(3))
    assert len(parts) == VOICES
    notes = [note for part in parts for note in part.notes]
    assert notes
    assert all(2 * BAR <= note.start_tick and note.end_tick <= 5 * BAR + 480 for note in notes)
    phrase, state = generator.generate(request, generator.initial_state(3))
    assert sorted(notes) == list(phrase.notes)
    assert state == generator.initial_state(3)
    for part in parts:
        assert all(a.end_tick <= b.start_tick for a, b in zip(part.notes, part.notes[1:], strict=False))


def test_harmonising_keeps_the_tune(bundle_folder: Path) -> None:
    generator = SketchGenerator(load_bundle(bundle_folder))
    controls = {"mode": MODES.index("harmonise"), "steps": 1}
    request = GenerateRequest(context=TUNE, start_tick=2 * BAR, length_ticks=2 * BAR, controls=controls)
    soprano = generator.parts(request, generator.initial_state(0))[0]
    held = [(n.start_tick - 2 * BAR, n.pitch) for n in soprano.notes]
    assert held == [(n.start_tick, n.pitch) for n in TUNE.notes]


def test_one_voice_stays_alone(bundle_folder: Path) -> None:
    generator = SketchGenerator(load_bundle(bundle_folder))
    for mode in range(len(MODES)):
        controls = {"mode": mode, "melody_only": 1, "steps": 0, "amount": 1}
        request = GenerateRequest(context=TUNE, start_tick=2 * BAR, length_ticks=2 * BAR, controls=controls)
        parts = generator.parts(request, generator.initial_state(1))
        assert parts[0].notes
        assert not any(part.notes for part in parts[1:])


def test_a_full_pull_keeps_to_the_scale(bundle_folder: Path) -> None:
    generator = SketchGenerator(load_bundle(bundle_folder))
    scale = Scale(6, "lydian")
    controls = {"key": 6, "scale": list(SCALES).index("lydian"), "scale_pull": 12, "steps": 2}
    request = GenerateRequest(context=Phrase(), start_tick=0, length_ticks=8 * BAR, controls=controls)
    notes = generator.generate(request, generator.initial_state(0))[0].notes
    assert sum(not scale.contains(note.pitch) for note in notes) <= 0.01 * len(notes)


def test_the_baseline_learns_and_draws_rolls(music: np.ndarray) -> None:
    recipe = RollRecipe(
        name="", kind="sketch", title="", train=sketch_debug().train, roll=RollConfig(samples=3, steps=2)
    )
    torch.manual_seed(0)
    task = RollTask(recipe, music, music[:8])
    ((_, loss),) = task.losses(music[:4].astype(np.int64))
    loss.backward()
    assert all(p.grad is not None for p in task.network.parameters())
    assert task.sample(3).shape == (3, VOICES, STEPS)
    roll = roll_of(torch.from_numpy(music[:2].astype(np.int64)))
    assert roll.shape == (2, VOICES, MIDI_PITCHES, STEPS)
    assert ((roll > 0).sum(2) == torch.from_numpy(music[:2] != REST)).all()
    assert RollUnet(VOICES, recipe.network)(roll, torch.zeros(2)).shape == roll.shape


def test_train_export_evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = [train_command("sketch-debug", (), tmp_path / str(i), seed=seed) for i, seed in enumerate((5, 5, 6))]
    assert results[0].steps == 10
    assert results[0].losses == results[1].losses != results[2].losses
    assert np.isfinite(results[0].losses).all()
    about = read_about(tmp_path / "0")
    assert about["command"] == "hocket train sketch-debug --seed 5"
    export_command(tmp_path / "0", tmp_path / "bundle")
    manifest = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    assert manifest["kind"] == "sketch"
    assert manifest["scores"]["valid.bound_nats_per_cell"] > 0
    assert str(tmp_path) not in json.dumps(manifest)
    assert load_bundle(tmp_path / "bundle").size_bytes < 1 << 20
    from realtime.music.midi_file import OutTrack, write_midi
    from training.evaluate import sketch

    for name, value in (("SAMPLES", 12), ("SEEDS", (0,)), ("VARIED", 2), ("STEP_COUNTS", (1, 4))):
        monkeypatch.setattr(sketch, name, value)
    folder = tmp_path / "chorales"
    folder.mkdir()
    for i in range(2):
        voices = [melody(*[base + (i + j * j) % 5 for j in range(40)]) for base in (70, 65, 60, 50)]
        write_midi(
            folder / f"{i}.mid", [OutTrack(name=str(v), phrase=p, channel=v) for v, p in enumerate(voices)], bpm=90
        )
    report = evaluate_command(tmp_path / "bundle", [folder])
    assert {"kind", "split", "n", "scores", "baselines", "copy_gate"} <= set(report)
    assert {"bound_nats_per_cell", "block_infill", "frechet_distance", "chord_fit"} <= set(report["scores"])
    assert {"harmonise.same_cells", "vary_spearman", "chord_fit.1_steps"} <= set(report["scores"])
    assert report["copy_gate"]["passed"] is None


def test_the_baseline_is_not_exported(tmp_path: Path) -> None:
    from training.recipes.sketch import sketch_roll
    from training.sketch import export_run

    with pytest.raises(UsageError, match="has no bundle"):
        export_run(tmp_path, sketch_roll(), {}, None, tmp_path / "out")  # type: ignore[arg-type]


def test_hidden_cells_are_masked_in_what_the_network_sees(music: np.ndarray) -> None:
    hidden = drawn_masks(5, np.random.default_rng(0))
    seen = framed(music[:5].astype(np.int64), hidden, np.ones(5, bool), np.zeros(5, bool))
    assert ((seen.cell_BVS == MASK) == torch.from_numpy(hidden)).all()
