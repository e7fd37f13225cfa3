"""Read many files in worker processes, each file with a time limit, each content once.

A worker is a program of its own and not one of a ProcessPoolExecutor: a parser that hangs in C can only be killed,
and a killed process breaks such a pool for all files, without a word about which one it was.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from realtime.music import chorale, melody_codec
from training.data import four_parts, melodies, parse
from training.data.parse import Job, Parsed, read_frame, write_frame

MAX_BYTES: Final = 4 << 20  # of a MIDI file; the longest of 6,500 is 0.4 MB
FILES_A_WORKER: Final = 64  # a worker takes half a second to start
START_SECONDS: Final = 60.0
READERS: Final = (melodies, four_parts, parse, melody_codec, chorale)  # when their source changes, so may what is read
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file's hash and what it held."""

    sha256: str
    parsed: Parsed


@dataclass(slots=True, kw_only=True)
class Pool:
    """Reads files. `cache`: a folder for what they held, by content; None reads every time."""

    cache: Path | None = None
    command: Sequence[str] = (sys.executable, "-m", "training.data.parse")
    read: int = 0  # files that were not in the cache
    _here: threading.local = field(default_factory=threading.local)
    _workers: list["_Worker"] = field(default_factory=list)

    def parse_all(self, jobs: Sequence[Job]) -> list[FileRead]:
        """The files in order."""
        done: dict[int, FileRead] = {}
        keys: dict[int, tuple[str, str]] = {}
        for index, job in enumerate(jobs):
            sha256, problem = _content(job)
            key = _key(sha256, job)
            cached = Parsed(problems=[problem], final=False) if problem else self._cached(key)
            if cached is not None:
                done[index] = FileRead(sha256, cached)
            else:
                keys[index] = (sha256, key)
        self.read += len(keys)
        for index, parsed in zip(keys, self._parse([jobs[i] for i in keys]), strict=True):
            done[index] = FileRead(keys[index][0], parsed)
            if parsed.final:
                self._keep(keys[index][1], parsed)
        return [done[index] for index in range(len(jobs))]

    def _parse(self, jobs: Sequence[Job]) -> list[Parsed]:
        if not jobs:
            return []
        count = min(os.cpu_count() or 1, -(-len(jobs) // FILES_A_WORKER))
        try:
            with ThreadPoolExecutor(count) as threads:
                return list(threads.map(self._ask, jobs))
        finally:
            for worker in self._workers:
                worker.close()
            self._workers.clear()
            self._here = threading.local()

    def _ask(self, job: Job) -> Parsed:
        """By this thread's worker, which is replaced after a file that was its end."""
        worker = getattr(self._here, "worker", None)
        if worker is None:
            worker = self._here.worker = _Worker(self.command)
            self._workers.append(worker)
        answer, problem = worker.ask(job)
        if answer is None:
            self._here.worker = None
        return answer or Parsed(problems=[problem], final=False)

    def _cached(self, key: str) -> Parsed | None:
        if self.cache is None:
            return None
        try:
            return msgspec.msgpack.decode(_place(self.cache, key).read_bytes(), type=Parsed)
        except (OSError, msgspec.DecodeError):
            return None

    def _keep(self, key: str, parsed: Parsed) -> None:
        if self.cache is None:
            return
        path = _place(self.cache, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(msgspec.msgpack.encode(parsed))
        partial.replace(path)


class _Worker:
    """One process, asked by one thread."""

    def __init__(self, command: Sequence[str]) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": _python_path()}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._late = False
        self._ready = False

    def ask(self, job: Job) -> tuple[Parsed | None, str]:
        """What the file holds, or None and why the worker did not live to say it."""
        if not self._ready and self._answer(START_SECONDS) is None:
            return None, f"the reader does not start (exit status {self.close()})"
        self._ready = True
        try:
            write_frame(self._process.stdin, job)
        except OSError:
            return None, f"the reader is gone (exit status {self.close()})"
        answer = self._answer(job.seconds)
        if answer is not None:
            return answer, ""
        status = self.close()
        crashed = f"the reader crashed (exit status {status})"
        return None, f"not read within {job.seconds:g} s" if self._late else crashed

    def _answer(self, seconds: float) -> Parsed | None:
        timer = threading.Timer(seconds, self._give_up)
        timer.start()
        try:
            return read_frame(self._process.stdout, Parsed)
        except msgspec.DecodeError:  # cut off
            return None
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        self._late = True
        self._process.kill()

    def close(self) -> int:
        """End the process, close its pipes and return its exit status."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        try:
            return self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def _python_path() -> str:
    return os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)


def _content(job: Job) -> tuple[str, str]:
    """The file's hash, or what keeps it from being read at all."""
    path = Path(job.path)
    try:
        if not path.is_file():
            return "", "no such file" if not path.exists() else "not a plain file"
        size = path.stat().st_size
        if job.kind in ("midi", "parts") and size > MAX_BYTES:
            return "", f"{size:,} bytes; at most {MAX_BYTES:,} are read"
        return hashlib.sha256(path.read_bytes()).hexdigest(), ""
    except OSError as error:
        return "", f"cannot be opened ({error.strerror})"


def _key(sha256: str, job: Job) -> str:
    """Of what the file holds as this program reads it."""
    return hashlib.sha256(repr((sha256, job.kind, job.tracks, _readers())).encode()).hexdigest()


@cache
def _readers() -> str:
    sources = b"".join(Path(module.__file__).read_bytes() for module in READERS)
    return hashlib.sha256(sources).hexdigest()


def _place(cache: Path, key: str) -> Path:
    return cache / key[:2] / f"{key}.msgpack"
