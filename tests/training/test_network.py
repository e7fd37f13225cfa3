from dataclasses import replace

import pytest
import torch

from realtime.music.melody_codec import DURATIONS, PITCH_IDS, TABLE_SIZE
from training.config import BudgetConfig, TrainConfig
from training.networks.transformer import MelodyTransformer, TransformerConfig
from training.optim import make_optimizer

CONFIG = TransformerConfig(width=24, layers=2, heads=2, max_context=32, dropout=0.5)


def network() -> MelodyTransformer:
    torch.manual_seed(0)
    net = MelodyTransformer(CONFIG).eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(5.0)  # far from the near-linear start, so that a leak would show
    return net


def rows(batch: int, size: int) -> torch.Tensor:
    return torch.randint(0, TABLE_SIZE, (batch, size, 6), generator=torch.Generator().manual_seed(1))


def test_shapes() -> None:
    pitch, duration = network()(rows(3, 7), torch.zeros(3, 7, dtype=torch.int64))
    assert pitch.shape == (3, 7, PITCH_IDS)
    assert duration.shape == (3, 7, len(DURATIONS))


@pytest.mark.parametrize("bf16", [False, True])
def test_future_rows_do_not_change_past_logits(bf16: bool) -> None:
    net, a = network(), rows(2, 12)
    b = a.clone()
    b[:, 8:] = rows(2, 4) // 2
    pitches = torch.arange(24).reshape(2, 12)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        first, second = net(a, pitches), net(b, pitches)
    for x, y in zip(first, second, strict=True):
        assert torch.equal(x[:, :8], y[:, :8])
        assert not torch.allclose(x[:, 8:], y[:, 8:])


def test_the_table_of_durations_agrees_with_durations_given_the_pitch() -> None:
    net, r = network(), rows(2, 6)
    pitches = torch.arange(12).reshape(2, 6)
    with torch.no_grad():
        pitch, duration = net(r, pitches)
        pitch_table, duration_table = net.tables(r)
    chosen = duration_table.gather(2, pitches[..., None, None].expand(-1, -1, 1, len(DURATIONS)))[:, :, 0]
    torch.testing.assert_close(pitch_table, pitch)
    torch.testing.assert_close(chosen, duration)


def test_without_the_pitch_durations_are_the_same_after_every_pitch_also_when_trained() -> None:
    torch.manual_seed(0)
    net, r = MelodyTransformer(replace(CONFIG, given_pitch=False)), rows(2, 6)
    optimizer = make_optimizer(net, TrainConfig(budget=BudgetConfig(steps=1), learning_rate=0.1))
    pitches = torch.arange(12).reshape(2, 6)
    sum(logits.square().mean() for logits in net(r, pitches)).backward()
    optimizer.step()
    net.eval()
    with torch.no_grad():
        assert torch.equal(net(r, pitches)[1], net(r, pitches + 30)[1])
        assert not torch.equal(network()(r, pitches)[1], network()(r, pitches + 30)[1])


def test_fused_and_plain_attention_agree() -> None:
    net, r = network(), rows(1, 10)
    pitches = torch.zeros(1, 10, dtype=torch.int64)
    with torch.no_grad():
        fused = net(r, pitches)[0]
        with torch.autocast("cpu", torch.bfloat16):
            plain = net(r, pitches)[0].float()
    assert (fused - plain).abs().max() < 0.05 * fused.abs().max()


def test_dropout_only_in_training() -> None:
    net, r = network(), rows(1, 5)
    pitches = torch.zeros(1, 5, dtype=torch.int64)
    with torch.no_grad():
        assert torch.equal(net(r, pitches)[0], net(r, pitches)[0])
        net.train()
        assert not torch.equal(net(r, pitches)[0], net(r, pitches)[0])
