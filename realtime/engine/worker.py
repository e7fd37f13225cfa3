"""The inference thread: newest request wins.

Threading: the engine's main thread calls `submit`, `cancel` and `stop`; everything else runs in the worker's own
thread, which alone touches the generator. Notes leave through `emit`, called in that thread.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from realtime.errors import HocketError
from realtime.generators.base import GenerateRequest, GeneratorState
from realtime.generators.continuation import ContinueGenerator
from realtime.handover import Latest
from realtime.music.note import Note

log = logging.getLogger(__name__)
POLL_SECONDS = 0.01  # while far enough ahead of the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefill:
    """Read the context into the cache."""

    request: GenerateRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Stream an answer."""

    request: GenerateRequest  # in ticks from the origin
    origin_tick: int  # of the timeline
    seed: int
    generation: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """End what is being streamed."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the thread."""


Job = Prefill | Play | Cancel | Stop


class Worker:
    """Owns the generator. `batches` says which notes go on together, `emit(generation, notes)` hands them on;
    `ahead_tick()` is how far notes may be made."""

    def __init__(
        self,
        generator: ContinueGenerator,
        *,
        batches: Callable[[Iterator[Note]], Iterator[list[Note]]],
        emit: Callable[[int, list[Note]], None],
        ahead_tick: Callable[[], int],
        on_failure: Callable[[str], None],
    ) -> None:
        self._generator = generator
        self._batches = batches
        self._emit = emit
        self._ahead_tick = ahead_tick
        self._on_failure = on_failure
        self._jobs: Latest[Job] = Latest()
        self.note_seconds = 0.0  # what the newest note, or beat of notes, took; written by the thread, read by anyone
        self._thread = threading.Thread(target=self._run, name="inference", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Replace whatever waits; an answer being streamed ends at its next note."""
        self._jobs.put(job)

    def stop(self) -> None:
        """End the thread, if it was started, and wait for it."""
        self.submit(Stop())
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while True:
            job = self._jobs.take()
            if isinstance(job, Stop):
                return
            try:
                if isinstance(job, Prefill):
                    self._generator.prepare(job.request)
                elif isinstance(job, Play):
                    self._play(job)
            except HocketError as error:
                self._on_failure(str(error))
            except Exception as error:  # a model that fails must not take the instrument down
                log.exception("the model failed")
                self._on_failure(f"{type(error).__name__}: {error}")

    def _play(self, job: Play) -> None:
        begun = time.perf_counter()
        for batch in self._batches(self._generator.stream(job.request, GeneratorState(job.seed))):
            self.note_seconds = time.perf_counter() - begun
            if self._jobs.waiting:
                return
            notes = [note.shifted(job.origin_tick) for note in batch]
            self._emit(job.generation, notes)
            while notes[-1].end_tick > self._ahead_tick():
                time.sleep(POLL_SECONDS)
                if self._jobs.waiting:
                    return
            begun = time.perf_counter()
