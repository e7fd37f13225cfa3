"""Checkpoints: one safetensors file, weights and a JSON header. No pickle."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from realtime.errors import FileError

CHECKPOINT = "checkpoint.safetensors"
HEADER = "hocket"


def save_checkpoint(folder: Path, networks: Mapping[str, nn.Module], about: Mapping[str, Any]) -> Path:
    """Write weights and `about` at once: a reader sees the old file or the new one, never half of one."""
    tensors = {
        f"{name}.{key}": value.detach().clone().contiguous()
        for name, network in networks.items()
        for key, value in network.state_dict().items()
    }
    path = folder / CHECKPOINT
    temporary = path.with_suffix(".partial")
    save_file(tensors, temporary, metadata={HEADER: json.dumps(about)})
    return temporary.replace(path)


def read_about(folder: Path) -> dict[str, Any]:
    """The JSON header of a run's checkpoint."""
    with _open(folder) as file:
        return json.loads((file.metadata() or {}).get(HEADER, "{}"))


def load_checkpoint(folder: Path, networks: Mapping[str, nn.Module]) -> dict[str, Any]:
    """Load weights into `networks`, strictly, and return the header."""
    with _open(folder) as file:
        tensors: dict[str, Tensor] = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  no mapping
        about = json.loads((file.metadata() or {}).get(HEADER, "{}"))
    for name, network in networks.items():
        prefix = f"{name}."
        own = {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
        try:
            network.load_state_dict(own, strict=True)
        except RuntimeError as error:
            reason = str(error).splitlines()[-1].strip()
            raise FileError(f"{folder / CHECKPOINT}: weights of another network ({reason})") from error
    return about


def _open(folder: Path) -> Any:
    path = folder / CHECKPOINT
    if not path.is_file():
        raise FileError(f"{path}: no checkpoint; a run's folder is made by `hocket train`")
    try:
        return safe_open(path, framework="pt")
    except SafetensorError as error:
        raise FileError(f"{path}: no checkpoint ({error}); train again") from error


@torch.no_grad()
def copy_weights(networks: Mapping[str, nn.Module]) -> dict[str, dict[str, Tensor]]:
    """Independent copies of all weights."""
    return {name: {k: v.clone() for k, v in net.state_dict().items()} for name, net in networks.items()}
