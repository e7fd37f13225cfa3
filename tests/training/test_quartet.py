from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it

from realtime.errors import FileError
from realtime.generators.quartet_code import held as held_symbols
from realtime.music.chorale import REST, STEPS, SYMBOLS, VOICES
from tests.training.debug_runs import exported, trained_by_seed
from training.cli import evaluate_command
from training.config import QuartetRecipe
from training.data.chorales import ChoraleCorpus
from training.data.generated import generated_chorales
from training.networks.quartet import QuartetNet, first_changes, held, hold
from training.networks.quartet_critic import PAIRS, Critic, gradient_penalty
from training.networks.quartet_encoder import changes, harmony
from training.networks.quartet_mapping import Mapping
from training.quartet import make_task
from training.recipes.quartet import COMPARED, quartet_compared, quartet_debug, quartet_four_parts
from training.tasks.quartet import QuartetTask
from training.tasks.quartet_data import QuartetData, read_windows

CONFIG = quartet_debug().network


@pytest.fixture(scope="module")
def data() -> QuartetData:
    return read_windows(generated_chorales(6, seed=3), 8, keyed=True)


@pytest.fixture(scope="module")
def symbols(data: QuartetData) -> torch.Tensor:
    return torch.from_numpy(data.symbol_NVS[:6].astype(np.int64))


def task_at(step: int) -> QuartetTask:
    tunes = generated_chorales(10, seed=1)
    torch.manual_seed(0)
    task = QuartetTask(quartet_debug(), tunes[5:], tunes[:5])
    task.steps = step
    return task


def test_shapes(symbols: torch.Tensor, data: QuartetData) -> None:
    torch.manual_seed(0)
    network, condition = QuartetNet(CONFIG), torch.from_numpy(data.conditions(np.arange(6)))
    mean, log_variance = network.encoder(symbols)
    assert mean.shape == log_variance.shape == (6, CONFIG.latent)
    change, pitch = network(mean, condition)
    assert change.shape == (6, VOICES, STEPS)
    assert pitch.shape == (6, VOICES, STEPS, SYMBOLS)
    roll = network.roll(mean, condition)
    assert (roll.argmax(-1) == network.symbols(mean, condition)).all()
    torch.testing.assert_close(roll.sum(-1), torch.ones(6, VOICES, STEPS))


def test_holding_is_the_same_for_training_and_for_the_generator() -> None:
    rng = np.random.default_rng(0)
    said = rng.integers(0, SYMBOLS, (3, VOICES, STEPS))
    logits = torch.from_numpy(rng.standard_normal((3, VOICES, STEPS)))
    sure = first_changes(logits)
    expected = held_symbols(said, (sure > 0).numpy())
    assert (hold(torch.from_numpy(said), sure > 0).numpy() == expected).all()
    rows = held(sure.sigmoid(), (sure > 0).double()).argmax(-1)
    assert (torch.from_numpy(said).gather(-1, rows).numpy() == expected).all()


def test_a_change_that_was_not_made_has_a_gradient() -> None:
    soft = torch.tensor([[[1.0, 0.3, 0.4]]], requires_grad=True)
    weights = held(soft, (soft.detach() > 0.5).float())
    assert weights[0, 0].tolist() == [[1, 0, 0]] * 3
    weights[0, 0, 2, 1].backward()  # the last step sounds what was said at the second: p1 (1 - p2)
    assert soft.grad is not None
    torch.testing.assert_close(soft.grad[0, 0], torch.tensor([0.0, 0.6, -0.3]))


def test_what_is_read_of_chords(symbols: torch.Tensor) -> None:
    grid = torch.full((1, VOICES, STEPS), REST)
    grid[0, 0], grid[0, 3] = 1 + 36 + 7, 1 + 12  # a G over a C
    all_seen, soprano = (harmony(grid, torch.tensor([row])) for row in ([1.0] * 4, [1.0, 0.0, 0.0, 0.0]))
    assert all_seen.shape == (1, STEPS, 25)
    assert all_seen[0, 0].nonzero()[:, 0].tolist() == [0, 7, 12, 24]
    assert soprano[0, 0].nonzero()[:, 0].tolist() == [7, 12 + 7, 24]
    assert soprano[0, 0, 24] == 0.25
    assert changes(symbols)[..., 0].all()


def test_melody_and_groove_are_read_off_their_own_voice(symbols: torch.Tensor) -> None:
    encoder = QuartetNet(CONFIG).encoder
    other = symbols.clone()
    other[:, 1] += 1
    before, after = encoder(symbols)[0], encoder(other)[0]
    for name, span in CONFIG.spans.items():
        same = bool((before[:, span] == after[:, span]).all())
        rhythm_or_others = name not in ("chords", "style", "melody_2")
        assert same == rhythm_or_others, name


def test_the_map_starts_as_its_noise_and_the_flow_agrees_with_its_velocity() -> None:
    torch.manual_seed(0)
    mapping = Mapping(CONFIG)
    noise, condition = torch.randn(3, CONFIG.latent), torch.zeros(3, 14)
    torch.testing.assert_close(mapping(noise, condition), noise)
    for moving in (mapping.common, mapping.own):
        torch.nn.init.normal_(moving.out.weight, std=0.1)
    once = mapping.flow(noise, condition, 1)
    torch.testing.assert_close(once, mapping(noise, condition))
    moved = noise + mapping.velocity(noise, torch.zeros(3), condition, once)
    torch.testing.assert_close(once, moved)


def test_intervals_are_heard_between_each_two_voices() -> None:
    grid = torch.zeros(1, VOICES, STEPS, dtype=torch.long)
    grid[0, :, :] = torch.tensor([1 + 7, 1 + 4, 1, 1])[:, None]  # C, C, E, G
    heard = Critic(8).heard(F.one_hot(grid, SYMBOLS).float())[0, 0]
    assert not heard[:VOICES].any()  # nothing changes at the first step
    assert heard[VOICES : VOICES + 12].nonzero()[:, 0].tolist() == [0, 4, 7]
    intervals = heard[VOICES + 24 :].unflatten(0, (len(PAIRS), 12)).argmax(-1)
    assert intervals.tolist() == [3, 7, 7, 4, 4, 0]


def test_the_penalty_is_of_the_whole_gradient() -> None:
    class Sum(torch.nn.Module):
        def forward(self, roll: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
            return 0.25 * roll.flatten(1).sum(1)

    real, fake = torch.rand(3, 2, 4, 8), torch.rand(3, 2, 4, 8)  # 64 numbers: a gradient of 8 x 0.25
    penalty = gradient_penalty(Sum(), real, fake, torch.zeros(3, 14))  # type: ignore[arg-type]
    assert float(penalty) == pytest.approx(1.0)


PHASES = [(0, ["generator"]), (3, ["flow"] * 4), (5, ["generator"]), (8, ["critic", "critic", "generator"])]


@pytest.mark.parametrize(("step", "names"), PHASES)
def test_each_phase_trains_its_networks(step: int, names: list[str]) -> None:
    task = task_at(step)
    for moving in (task.flow.common, task.flow.own):
        torch.nn.init.normal_(moving.out.weight, std=0.1)  # a flow that moves, for the map to follow
    batch = next(task.batches(0))
    seen = []
    for name, loss in task.losses(batch):
        loss.backward()
        assert torch.isfinite(loss)
        assert any(p.grad is not None and p.grad.any() for p in task.networks()[name].parameters())
        seen.append(name)
    assert seen == names


def test_windows_in_one_key_go_back_to_their_own(data: QuartetData) -> None:
    plain = read_windows(generated_chorales(6, seed=3), 8, keyed=False)
    assert (data.original == plain.symbol_NVS).all()
    assert not plain.offset_N.any()
    assert abs(float(data.density_N.mean())) < 1e-5


def test_the_comparisons_differ_as_they_say() -> None:
    by_name = {name: quartet_compared(name) for name in COMPARED}
    assert not by_name["wgan"].quartet.code_to
    assert by_name["coded"].quartet == by_name["streams"].quartet
    assert by_name["streams"].network.streams > by_name["coded"].network.streams
    assert by_name["keyed"].quartet.keyed > by_name["streams"].quartet.keyed
    assert len({recipe.train for recipe in by_name.values()}) == 1
    assert isinstance(quartet_four_parts(), QuartetRecipe)


def test_no_music_is_told_in_one_line() -> None:
    short = [replace(tune, symbol_VT=tune.symbol_VT[:, :16]) for tune in generated_chorales(4)]
    with pytest.raises(FileError, match="no piece of two bars or more among the train pieces"):
        make_task(quartet_debug(), ChoraleCorpus(tunes=tuple(short)))


def test_train_export_evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.evaluate.quartet.SAMPLES", 12)
    monkeypatch.setattr("training.evaluate.quartet.HARMONISED", 4)
    monkeypatch.setattr("training.evaluate.quartet_inputs.PIECES", 4)
    monkeypatch.setattr("training.evaluate.quartet_borders.PIECES", 3)
    assert trained_by_seed("quartet-debug", tmp_path)["codec"] == "chorale-grid"
    exported(tmp_path / "0", tmp_path / "bundle", "quartet")
    from tests.training.test_four_parts import TUNE, hymn, write_tracks

    folder = tmp_path / "pieces"
    folder.mkdir()
    for i in range(3):
        write_tracks(folder / f"{i}.mid", hymn(i, TUNE * 6))
    report = evaluate_command(tmp_path / "bundle", [folder])
    assert {"kind", "split", "n", "scores", "baselines", "copy_gate"} <= set(report)
    assert {"frechet_distance", "input.groove.rhythm", "border.parallels", "harmonise.chord_fit"} <= set(
        report["scores"]
    )
    assert report["scores"]["harmonise.soprano_kept"] == 1.0
