"""Where a run computes: a device, and how many processes share each batch (torchrun starts them).

Each process draws the same global batch and takes its rows of it. Its loss counts by its share of the batch's weight,
so that the mean over the processes is the loss of the whole batch, for any number of them.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from realtime.errors import UsageError

CPU: Final = torch.device("cpu")
ONE_TASK: Final = "cannot be shared between processes: its task's batches are no arrays and it has no `shard`"


@runtime_checkable
class Shardable(Protocol):
    """A task that knows how to take a process's part out of a batch."""

    def shard(self, batch: Any, rank: int, world: int) -> tuple[Any, float]:
        """The part, and its share of the batch's weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A device, this process's number and the number of processes."""

    device: torch.device = CPU
    rank: int = 0
    world: int = 1
    split_weights: bool = False  # each process keeps its slice of all weights (`training.split_weights`)

    @property
    def first(self) -> bool:
        """Whether this process writes files and log lines."""
        return self.rank == 0

    def shard(self, task: Any, batch: Any) -> tuple[Any, float]:
        """This process's part of a batch, and its share of the batch's weight."""
        if self.world == 1:
            return batch, 1.0
        if isinstance(task, Shardable):
            return task.shard(batch, self.rank, self.world)
        if not hasattr(batch, "shape"):
            raise UsageError(f"{type(task).__name__} {ONE_TASK}")
        rows = batch[self.rank :: self.world]
        return (rows, len(rows) / len(batch)) if len(rows) else (batch[:1], 0.0)

    def from_first(self, value: float) -> float:
        """The first process's value, in all of them."""
        if self.world == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64, device=self.device)
        dist.broadcast(told, 0)
        return float(told)

    def total(self, value: Tensor) -> float:
        """The sum over all processes."""
        summed = value.detach().double()
        if self.world > 1:
            dist.all_reduce(summed)
        return float(summed)

    def gathered(self, value: Tensor) -> list[Tensor]:
        """The value of each process, which all have alike in shape and type."""
        if self.world == 1:
            return [value]
        value = value.to(self.device)
        out = [torch.empty_like(value) for _ in range(self.world)]
        dist.all_gather(out, value)
        return [item.cpu() for item in out]

    def wait(self) -> None:
        """Until all processes are here."""
        if self.world > 1:
            dist.barrier()

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """The first process goes first; the others follow when it is through."""
        if not self.first:
            self.wait()
        yield
        if self.first:
            self.wait()

    def leave(self) -> None:
        """Take this process out of the group it came into by `open_place`."""
        if self.world > 1 and dist.is_initialized():
            dist.destroy_process_group()


def open_place(device: str = "cpu", *, split_weights: bool = False) -> Place:
    """The device asked for, in the group of processes that torchrun started, if it did.

    Raises `UsageError` if there is no such device, or nobody to share the weights with.
    """
    if device not in ("cpu", "cuda"):
        raise UsageError(f"no such device: {device!r} (cpu or cuda)")
    if device == "cuda" and not torch.cuda.is_available():
        raise UsageError("device 'cuda': PyTorch finds no CUDA GPU here; leave --device out to train on the CPU")
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if split_weights and world == 1:
        raise UsageError("--split-weights needs several processes: start it by torchrun --nproc-per-node N -m training")
    number = int(os.environ.get("LOCAL_RANK", "0"))
    here = torch.device(f"cuda:{number}" if device == "cuda" else "cpu")
    if device == "cuda":
        torch.cuda.set_device(here)
    if world == 1:
        return Place(device=here)
    if not dist.is_initialized():
        _join("nccl" if device == "cuda" else "gloo")
    return Place(device=here, rank=dist.get_rank(), world=world, split_weights=split_weights)


def _join(backend: str) -> None:
    """Come into the group of processes.

    torchrun keeps one store for all its restarts, where a process that is started again may find the addresses of the
    dead (pytorch #135712): each attempt gets keys of its own. Attempts are counted by machine, so that several machines
    cannot; there, set TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 for torchrun.
    """
    if os.environ.get("LOCAL_WORLD_SIZE") != os.environ["WORLD_SIZE"]:
        dist.init_process_group(backend)
        return
    store, rank, world = next(iter(dist.rendezvous("env://")))
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    dist.init_process_group(backend, store=dist.PrefixStore(f"attempt-{attempt}", store), rank=rank, world_size=world)


class Gradients(nn.Module):
    """Hands a loss through. Wrapped in DDP it averages the gradients of all networks over the processes.

    Tasks call their networks as they like, so DDP sees the finished loss, not the forward pass.
    """

    def __init__(self, networks: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleDict(networks)

    def forward(self, loss: Tensor) -> Tensor:
        """The loss itself."""
        return loss


def shared_gradients(networks: Mapping[str, nn.Module], place: Place) -> nn.Module:
    """To be called with each loss before its backward pass."""
    plain = Gradients(networks)
    if place.world == 1 or place.split_weights:  # slices average their gradients themselves
        return plain
    # Of several networks (a GAN's) a loss may leave some out.
    return DistributedDataParallel(plain, forward_sync_buffers=False, find_unused_parameters=len(networks) > 1)
