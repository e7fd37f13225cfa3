"""The inference thread: newest request wins.

Threading: the engine's main thread calls `submit`, `cancel` and `stop`; everything else runs in the worker's own
thread, which alone touches the generator. Notes leave through `emit`, called in that thread.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

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
    """Owns the generator. `emit(generation, note)` hands a note on; `ahead_tick()` is how far notes may be made."""

    def __init__(
        self,
        generator: ContinueGenerator,
        *,
        emit: Callable[[int, Note], None],
        ahead_tick: Callable[[], int],
        on_failure: Callable[[str], None],
    ) -> None:
        self._generator = generator
        self._emit = emit
        self._ahead_tick = ahead_tick
        self._on_failure = on_failure
        self._jobs: Latest[Job] = Latest()
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
            except Exception as error:  # a model that fails must not take the instrument down
                log.exception("the model failed")
                self._on_failure(f"{type(error).__name__}: {error}")

    def _play(self, job: Play) -> None:
        for placed in self._generator.stream(job.request, GeneratorState(job.seed)):
            if self._jobs.waiting:
                return
            note = placed.shifted(job.origin_tick)
            self._emit(job.generation, note)
            while note.end_tick > self._ahead_tick():
                time.sleep(POLL_SECONDS)
                if self._jobs.waiting:
                    return
