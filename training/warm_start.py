"""Start a run from another run's weights, also where keys and values are shared by more heads than there.

Heads are merged by their mean, as in Ainslie et al. 2023 (GQA: training generalized multi-query transformer models
from multi-head checkpoints).
"""

from pathlib import Path

import torch
from torch import Tensor

from realtime.errors import FileError
from training.checkpoint import CHECKPOINT, read_tensors
from training.networks.transformer import MelodyTransformer, TransformerConfig

PREFIX = "network."


def warm_start(network: MelodyTransformer, run: Path) -> None:
    """Load the weights of `run`. Raises `FileError` if the networks differ in more than key and value heads."""
    tensors, _ = read_tensors(run / CHECKPOINT)
    try:
        weights = {key.removeprefix(PREFIX): value for key, value in tensors.items()}
        merged = {key: _merged(key, value, network.config) for key, value in weights.items()}
        network.load_state_dict(merged, strict=True)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise FileError(
            f"{run}: cannot be gone on from ({reason}); name the folder of a run of the same width"
        ) from error


def _merged(key: str, weight: Tensor, config: TransformerConfig) -> Tensor:
    if not key.endswith("qkv.weight"):
        return weight
    width = config.width
    kv_width = (weight.shape[0] - width) // 2
    query, keys, values = weight.split([width, kv_width, kv_width])
    groups = (config.kv_heads, -1, config.head_width, width)
    pooled = [part.view(*groups).mean(1).reshape(config.kv_width, width) for part in (keys, values)]
    return torch.cat([query, *pooled])
