"""Checkpoints: one safetensors file, weights and a JSON header. No pickle."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from realtime.errors import FileError

CHECKPOINT = "checkpoint.safetensors"
HEADER = "hocket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What holds a run's tensors. All are filled in place when it is resumed."""

    networks: Mapping[str, nn.Module]
    average: Mapping[str, dict[str, Tensor]]
    optimizers: Mapping[str, torch.optim.Optimizer]


def save_checkpoint(folder: Path, networks: Mapping[str, nn.Module], about: Mapping[str, Any]) -> Path:
    """Write weights and `about` at once: a reader sees the old file or the new one, never half of one."""
    return write_tensors(folder / CHECKPOINT, weights_of(networks), about)


def weights_of(networks: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """All weights by network and name, as a checkpoint holds them."""
    return {f"{name}.{key}": value for name, net in networks.items() for key, value in net.state_dict().items()}


def write_tensors(path: Path, tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> Path:
    """A safetensors file with a JSON header, on disk before it takes the old one's name."""
    temporary = path.with_suffix(".partial")
    copies = {key: value.detach().to("cpu", copy=True).contiguous() for key, value in tensors.items()}
    save_file(copies, temporary, metadata={HEADER: json.dumps(about)})
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    return temporary.replace(path)


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What `write_tensors` wrote."""
    with _open(path) as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  no mapping
        return tensors, json.loads((file.metadata() or {}).get(HEADER, "{}"))


def read_about(folder: Path) -> dict[str, Any]:
    """The JSON header of a run's checkpoint."""
    with _open(folder / CHECKPOINT) as file:
        return json.loads((file.metadata() or {}).get(HEADER, "{}"))


def load_checkpoint(folder: Path, networks: Mapping[str, nn.Module]) -> dict[str, Any]:
    """Load weights into `networks`, strictly, and return the header."""
    tensors, about = read_tensors(folder / CHECKPOINT)
    for name, network in networks.items():
        try:
            network.load_state_dict(part(tensors, f"{name}."), strict=True)
        except RuntimeError as error:
            reason = str(error).splitlines()[-1].strip()
            raise FileError(f"{folder / CHECKPOINT}: weights of another network ({reason})") from error
    return about


def part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors whose names start with `prefix`, without it."""
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}


def _open(path: Path) -> Any:
    if not path.is_file():
        raise FileError(f"{path}: no checkpoint; a run's folder is made by `hocket train`")
    try:
        return safe_open(path, framework="pt")
    except SafetensorError as error:
        raise FileError(f"{path}: no checkpoint ({error}); safetensors only: train again") from error


@torch.no_grad()
def copy_weights(networks: Mapping[str, nn.Module]) -> dict[str, dict[str, Tensor]]:
    """Independent copies of all weights."""
    return {name: {k: v.clone() for k, v in net.state_dict().items()} for name, net in networks.items()}
