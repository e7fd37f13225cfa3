"""Weights, averages and optimisers split over the processes (FSDP2), for networks too large for one.

The batch is shared as ever (`training.place`). Each process keeps a slice of every tensor and borrows a layer's other
slices while it computes it. A checkpoint is one file all the same; the state to resume from is a folder of slices
beside the state file, which names it.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from realtime.errors import UsageError
from training.checkpoint import Parts
from training.place import Place

WHOLE_ONLY: Final = "keeps its weights whole: it has no `layers`; leave --split-weights out"
SLICES: Final = "state-"  # and the step: a folder of `torch.distributed.checkpoint`


@runtime_checkable
class Layered(Protocol):
    """A task that trains and scores its networks by calling them and their layers, never a method beside."""

    def layers(self) -> Mapping[str, Sequence[nn.Module]]:
        """By network, the parts that are computed one after another."""


def split_networks(task: Any, networks: Mapping[str, nn.Module], place: Place) -> None:
    """Leave each process its slices. All processes must hold the same weights before.

    Raises `UsageError` for a task that does not say its layers.
    """
    if not isinstance(task, Layered):
        raise UsageError(f"{type(task).__name__} {WHOLE_ONLY}")
    from torch.distributed.device_mesh import init_device_mesh  # these cost seconds
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(place.device.type, (place.world,))
    layers = task.layers()
    for name, network in networks.items():
        for module in (*layers[name], network):
            fully_shard(module, mesh=mesh, reshard_after_forward=True)


@torch.no_grad()
def whole(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors with all their slices, in the first process's memory as in the others': each must call this."""
    return {key: value.full_tensor() if hasattr(value, "full_tensor") else value for key, value in tensors.items()}


def save_slices(run: Path, step: int, parts: Parts, place: Place) -> str:
    """Write each process's slices; the name of their folder in the run's. Each process must call this."""
    import torch.distributed.checkpoint as dcp

    name = f"{SLICES}{step}"
    if place.first:
        shutil.rmtree(run / name, ignore_errors=True)  # left by a kill
    place.wait()
    dcp.save(_tensors(parts), checkpoint_id=run / name)
    return name


def load_slices(folder: Path, parts: Parts) -> None:
    """Fill `parts` from a folder of slices. Each process must call this."""
    import torch.distributed.checkpoint as dcp
    from torch.distributed.checkpoint.state_dict import set_optimizer_state_dict

    tensors = _tensors(parts)
    dcp.load(tensors, checkpoint_id=folder)  # in place
    for name, network in parts.networks.items():
        network.load_state_dict(tensors["networks"][name])
        set_optimizer_state_dict(network, parts.optimizers[name], tensors["optimizers"][name])


def drop_slices(run: Path, kept: str = "") -> None:
    """Remove the folders of slices that no state file names any more."""
    for folder in run.glob(f"{SLICES}*"):
        if folder.is_dir() and folder.name != kept:
            shutil.rmtree(folder)


def _tensors(parts: Parts) -> dict[str, Any]:
    """Weights, averages and moments by name; an optimiser that has not stepped gets moments to be filled."""
    from torch.distributed.checkpoint.state_dict import get_optimizer_state_dict

    optimizers = {
        name: get_optimizer_state_dict(network, parts.optimizers[name]) for name, network in parts.networks.items()
    }
    networks = {name: network.state_dict() for name, network in parts.networks.items()}
    return {"networks": networks, "average": dict(parts.average), "optimizers": optimizers}
