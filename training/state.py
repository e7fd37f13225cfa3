"""What a run needs to go on after a kill: one safetensors file with weights, averages, optimisers and random states.

Where the data order stands is the step itself: a task's batches are the same for the same seed, so the loop draws
and drops as many as there were.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from realtime.errors import UsageError
from training.checkpoint import Parts, part, read_tensors, write_tensors
from training.split_weights import load_slices

STATE: Final = "state.safetensors"
MAY_DIFFER: Final = ("command", "commit")  # of a run's description


@dataclass(slots=True, kw_only=True)
class LoopState:
    """Where a run stands."""

    step: int = 0
    best: dict[str, float] = field(default_factory=dict)
    recent: list[float] = field(default_factory=list)  # the last losses, for the log
    cpu_minutes: float = 0.0
    wall_minutes: float = 0.0
    bf16: bool = False
    slices: str = ""  # where the weights are split: the folder that holds all of `Parts`


def save_state(
    folder: Path, state: LoopState, parts: Parts, identity: Mapping[str, Any], torch_states: list[Tensor]
) -> None:
    """Write everything. `torch_states`: torch's random state of each process; Python's and numpy's are alike in all."""
    tensors = {f"torch.{rank}": value for rank, value in enumerate(torch_states)}
    if not state.slices:
        tensors |= _part_tensors(parts)
    about = {"state": asdict(state), "identity": dict(identity), "random": random_states()}
    write_tensors(folder / STATE, tensors, about)


def _part_tensors(parts: Parts) -> dict[str, Tensor]:
    tensors = {}
    for name, network in parts.networks.items():
        tensors |= {f"network.{name}.{key}": value for key, value in network.state_dict().items()}
        tensors |= {f"average.{name}.{key}": value for key, value in parts.average[name].items()}
        for index, moments in parts.optimizers[name].state_dict()["state"].items():
            tensors |= {f"optimizer.{name}.{index}.{key}": value for key, value in moments.items()}
    return tensors


def load_state(folder: Path, parts: Parts, identity: Mapping[str, Any]) -> tuple[LoopState, dict[str, Any]]:
    """Fill `parts` and return where the run stands and its random states, for `set_random_states`.

    Raises `UsageError` if the run in `folder` is another one than `identity` says.
    """
    tensors, about = read_tensors(folder / STATE)
    _same_run(folder, about["identity"], identity)
    state = LoopState(**about["state"])
    if state.slices:
        load_slices(folder / state.slices, parts)
    else:
        _fill(parts, tensors)
    return state, {**about["random"], "torch": part(tensors, "torch.")}


def _fill(parts: Parts, tensors: Mapping[str, Tensor]) -> None:
    for name, network in parts.networks.items():
        network.load_state_dict(part(tensors, f"network.{name}."))
        for key, value in part(tensors, f"average.{name}.").items():
            parts.average[name][key].copy_(value)
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in part(tensors, f"optimizer.{name}.").items():
            index, moment = key.split(".")
            moments.setdefault(int(index), {})[moment] = value
        groups = parts.optimizers[name].state_dict()["param_groups"]
        parts.optimizers[name].load_state_dict({"state": moments, "param_groups": groups})


def random_states() -> dict[str, Any]:
    """Python's and numpy's, as JSON takes them."""
    kind, key, position, has_gauss, gauss = np.random.get_state(legacy=True)
    return {"python": random.getstate(), "numpy": [kind, np.asarray(key).tolist(), position, has_gauss, gauss]}


def set_random_states(states: Mapping[str, Any], rank: int) -> None:
    """Put all three back. A process that was not there before takes the first one's."""
    version, internal, gauss = states["python"]
    random.setstate((version, tuple(internal), gauss))
    kind, key, *rest = states["numpy"]
    np.random.set_state((kind, np.array(key, np.uint32), *rest))
    own = states["torch"].get(str(rank), states["torch"]["0"])
    size = len(torch.get_rng_state())
    torch.set_rng_state(own[:size])
    if torch.cuda.is_available() and len(own) > size:
        torch.cuda.set_rng_state(own[size:])


def torch_state() -> Tensor:
    """torch's random state of this process: the CPU's, then the GPU's."""
    gpu = [torch.cuda.get_rng_state()] if torch.cuda.is_available() else []
    return torch.cat([torch.get_rng_state(), *gpu])


def _same_run(folder: Path, saved: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    wanted = json.loads(json.dumps(wanted))  # as it was saved: lists for tuples
    different = sorted(key for key in {*saved, *wanted} - {*MAY_DIFFER} if saved.get(key) != wanted.get(key))
    if different:
        key = different[0]
        raise UsageError(
            f"{folder}: holds another run: {key} is {saved.get(key)!r} there, {wanted.get(key)!r} here; "
            "resume with the same recipe, data, seed and budget, or leave --resume out to start afresh"
        )
