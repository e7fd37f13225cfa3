"""A run may go on from another's weights, with fewer key and value heads."""

from pathlib import Path

import pytest
import torch

from realtime.errors import FileError
from training.checkpoint import save_checkpoint
from training.networks.transformer import MelodyTransformer, TransformerConfig
from training.warm_start import warm_start


def config(*, kv_heads: int, width: int = 32) -> TransformerConfig:
    return TransformerConfig(width=width, layers=2, heads=4, kv_heads=kv_heads, max_context=64, dropout=0.0)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_checkpoint(tmp_path, {"network": MelodyTransformer(config(kv_heads=4))}, {})
    return tmp_path


def test_the_same_network_is_the_same(run: Path) -> None:
    network = MelodyTransformer(config(kv_heads=4))
    warm_start(network, run)
    torch.manual_seed(0)
    same = MelodyTransformer(config(kv_heads=4))
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), same.parameters(), strict=True))


def test_merged_heads_are_the_mean_of_theirs(run: Path) -> None:
    network, full = MelodyTransformer(config(kv_heads=2)), MelodyTransformer(config(kv_heads=4))
    warm_start(network, run)
    warm_start(full, run)
    keys = full.blocks[0].qkv.weight[32:64].view(4, 8, 32)
    merged = network.blocks[0].qkv.weight[32:48].view(2, 8, 32)
    torch.testing.assert_close(merged[0], keys[:2].mean(0))
    torch.testing.assert_close(merged[1], keys[2:].mean(0))
    assert torch.equal(network.blocks[0].qkv.weight[:32], full.blocks[0].qkv.weight[:32])


def test_another_width_is_refused(run: Path) -> None:
    with pytest.raises(FileError, match="cannot be gone on from"):
        warm_start(MelodyTransformer(config(kv_heads=2, width=64)), run)


def test_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no checkpoint"):
        warm_start(MelodyTransformer(config(kv_heads=2)), tmp_path / "nothing")
