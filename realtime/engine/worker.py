"""The inference thread: newest request wins.

Threading: the engine's main thread calls `submit`, `cancel` and `stop`; everything else runs in the worker's own
thread, which alone touches the generator. Notes leave through `emit`, called in that thread.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from realtime.engine.attempts import Attempts, Failure
from realtime.engine.beginning import Batches, Play, begin_in_time
from realtime.errors import UsageError
from realtime.generators.base import GenerateRequest, GeneratorState
from realtime.generators.continuation import ContinueGenerator
from realtime.handover import Latest
from realtime.music.note import Note

POLL_SECONDS = 0.01  # while far enough ahead of the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefill:
    """Read the context into the cache."""

    request: GenerateRequest


@dataclass(frozen=True, slots=True)
class Cancel:
    """End what is being streamed."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the thread."""


Job = Prefill | Play | Cancel | Stop


class Worker:
    """Owns the generator. `batches` says which notes go on together, `emit(generation, notes)` hands them on;
    before that `begins(play)` hears where the answer begins, which hangs on `soonest_tick` (see `begin_in_time`);
    `ahead_tick()` is how far notes may be made. What is asked of a model that has just failed is left
    out: an answer that comes seconds late is none."""

    def __init__(
        self,
        generator: ContinueGenerator,
        *,
        batches: Callable[[Iterator[Note]], Iterator[list[Note]]],
        emit: Callable[[int, list[Note]], None],
        begins: Callable[[Play], None],
        soonest_tick: Callable[[Play, float], int],
        ahead_tick: Callable[[], int],
        on_failure: Callable[[Failure], None],
        attempts: Attempts | None = None,
    ) -> None:
        self._generator = generator
        self._batches = batches
        self._emit = emit
        self._begins, self._soonest_tick = begins, soonest_tick
        self._ahead_tick = ahead_tick
        self._on_failure = on_failure
        self._attempts = attempts or Attempts()
        self._stopping = False
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
        """End the thread after what it is making, of which nothing is told any more; does not wait for it: a model that
        is stuck would hold up a panic."""
        self._stopping = True
        self.submit(Stop())

    def _run(self) -> None:
        while True:
            job = self._jobs.take()
            if isinstance(job, Stop):
                return
            if isinstance(job, Prefill | Play):
                self._carry_out(job)

    def _carry_out(self, job: Prefill | Play) -> None:
        if self._attempts.pause_seconds():
            return
        try:
            if isinstance(job, Prefill):
                self._generator.prepare(job.request)
            else:
                self._play(job)
                self._attempts.worked()  # reading alone proves little
        except UsageError as error:  # what was asked for makes no sense, and that is not the model's fault
            self._tell(Failure(str(error), is_final=False))
        except Exception as error:  # a model that fails must not take the instrument down
            self._tell(self._attempts.failed(error))

    def _tell(self, failure: Failure) -> None:
        if not self._stopping:  # else another model has its place by now
            self._on_failure(failure)

    def _make(self, play: Play) -> Batches:
        return self._batches(self._generator.stream(play.request, GeneratorState(play.seed)))

    def _play(self, job: Play) -> None:
        self._generator.prepare(job.request)
        if self._jobs.waiting:
            return
        begun = time.perf_counter()
        play, batches = begin_in_time(job, self._make, self._soonest_tick, self.note_seconds)
        self._begins(play)
        for batch in batches:
            self.note_seconds = time.perf_counter() - begun
            if self._jobs.waiting:
                return
            notes = play.on_timeline(batch)
            self._emit(play.generation, notes)
            while notes[-1].end_tick > self._ahead_tick():
                time.sleep(POLL_SECONDS)
                if self._jobs.waiting:
                    return
            begun = time.perf_counter()
