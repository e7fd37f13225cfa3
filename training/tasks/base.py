"""What the loop asks of a task."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from torch import Tensor, nn

OBJECTIVE = "valid.nats_per_note"


class Task(Protocol):
    """One network, or several that train together.

    A task with a schedule of its own counts its steps in an attribute `steps`; the loop sets it when it resumes. One
    whose batches are no arrays needs a `shard` (see `training.place.Shardable`) to share them between processes.
    """

    def networks(self) -> Mapping[str, nn.Module]:
        """By optimiser name; each gets its own optimiser."""

    def batches(self, seed: int) -> Iterator[Any]:
        """Batches without end, the same for the same seed: a resumed run draws and drops those it has had."""

    def losses(self, batch: Any) -> Iterator[tuple[str, Tensor]]:
        """(optimiser name, loss) pairs. A generator: the loop steps the named optimiser before it asks for the next."""

    def evaluate(self) -> dict[str, float]:
        """Scores on valid; lower `objective` is better."""

    objective: str  # the score that picks the checkpoint
