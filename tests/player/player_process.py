"""A real player process with its pipes."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from realtime.engine.player_link import in_pieces
from realtime.messages import Chunk, ChunkNote, Clock, FromPlayer, Message, Ready, Sent, ToPlayer
from realtime.player.midi_bytes import is_note_off, is_note_on
from realtime.wire import Receiver, Sender

T = TypeVar("T")
MS = 1_000_000
END_SECONDS = 2.0


class PlayerProcess:
    """Starts `python -m realtime.player`, collects its messages, and leaves no process behind."""

    def __init__(self, *arguments: str, program: tuple[str, str] = ("-m", "realtime.player")) -> None:
        command = [sys.executable, *program, *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.sender = Sender(self.process.stdin)  # type: ignore[arg-type]
        self._receiver: Receiver[FromPlayer] = Receiver(self.process.stdout, FromPlayer)  # type: ignore[arg-type]
        self.messages: list[Message] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while (message := self._receiver.receive()) is not None:
            with self._changed:
                self.messages.append(message)
                self._changed.notify_all()

    def send(self, message: ToPlayer) -> None:
        """As the engine does."""
        assert all(self.sender.send(piece) for piece in in_pieces(message))

    def of(self, kind: type[T]) -> list[T]:
        return [message for message in list(self.messages) if isinstance(message, kind)]

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), f"{what}; got {self.messages[-5:]}"

    def wait_ready(self) -> Ready:
        self.wait(lambda: bool(self.of(Clock)), "no Ready and Clock")
        return self.of(Ready)[0]

    def tick(self) -> int:
        """The player's tick that is now."""
        return self.of(Clock)[-1].anchor().tick_at(time.monotonic_ns())

    def end(self, seconds: float = 5.0) -> int:
        """Wait for the end and for the last message; returns the exit code."""
        code = self.process.wait(seconds)
        self._thread.join(seconds)
        return code

    @property
    def errors(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    def __enter__(self) -> "PlayerProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sender.close()  # as an engine ends
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.wait()
        self._thread.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def chord(tick: int, duration: int = 9600, *, count: int = 12, part: str = "a", generation: int = 1) -> Chunk:
    """`count` notes at one tick."""
    notes = tuple(ChunkNote(tick, 48 + index, duration, 80) for index in range(count))
    return Chunk(part=part, generation=generation, channel=0, start_tick=tick, notes=notes)


def ons(player: PlayerProcess) -> int:
    return sum(is_note_on(sent.data) for sent in player.of(Sent))


def offs(player: PlayerProcess) -> int:
    return sum(is_note_off(sent.data) for sent in player.of(Sent))


def sound_a_chord(player: PlayerProcess) -> None:
    player.send(chord(player.tick()))
    player.wait(lambda: ons(player) == 12, "the chord does not sound")
