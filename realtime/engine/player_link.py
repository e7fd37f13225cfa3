"""The engine's end of the player process: start it, talk to it, know when it is gone."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import msgspec

from realtime.engine.routing import Thru
from realtime.errors import DeviceLostError, HocketError, PortError, UsageError
from realtime.messages import (
    MAX_CHUNK_NOTES,
    WIRE_VERSION,
    Chunk,
    Failed,
    FromPlayer,
    Message,
    Quit,
    Ready,
    SetSound,
    SetSync,
)
from realtime.player.sync.options import SyncOptions
from realtime.session import Session
from realtime.wire import Receiver, Sender

ERRORS_BY_EXIT_CODE: dict[int, type[HocketError]] = {2: UsageError, 3: PortError, 6: DeviceLostError}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerOptions:
    """How the player process is started. Names of ports: empty for our virtual ports alone."""

    backend: str = "auto"
    in_port: str = ""
    out_port: str = ""
    bpm: float = 120.0
    thru: Thru = field(default_factory=Thru)
    patient: bool = False  # wait for ports that are not there yet
    trace: bool = False
    synth: bool = False
    soundfont: str = ""
    audio: str = ""  # device of the synth; empty: the usual one
    sync: SyncOptions = field(default_factory=SyncOptions)

    @classmethod
    def of(cls, session: Session, *, trace: bool = False) -> "PlayerOptions":
        """As a session asks for it."""
        ports = session.ports
        return cls(
            backend=ports.backend,
            in_port=ports.input,
            out_port=ports.output,
            bpm=session.time.bpm,
            thru=ports.passed_on(),
            patient=True,
            trace=trace,
            synth=ports.sound,
            soundfont=ports.soundfont,
            audio=ports.audio,
            sync=session.time.options(),
        )

    def command(self) -> list[str]:
        """The command line of the player process."""
        command = [sys.executable, "-m", "realtime.player", "--clear", "--backend", self.backend]
        command += ["--bpm", str(self.bpm)]
        command += ["--in", self.in_port] if self.in_port else []
        command += ["--out", self.out_port] if self.out_port else []
        command += ["--wait"] if self.patient else []
        command += ["--trace"] if self.trace else []
        command += ["--synth"] if self.synth else []
        command += ["--soundfont", self.soundfont] if self.soundfont else []
        command += ["--audio", self.audio] if self.audio else []
        return command + self.sync.arguments()

    def sounding(self, wanted: SetSound) -> "PlayerOptions":
        """The same with another sound: what the running player has been told."""
        return replace(self, synth=wanted.on, soundfont=wanted.soundfont, audio=wanted.audio)

    def following(self, wanted: SetSync) -> "PlayerOptions":
        """The same with another beat to follow: what the running player has been told."""
        return replace(
            self,
            sync=replace(
                self.sync,
                source=wanted.source,
                clock_out=wanted.clock_out,
                offset_ms=wanted.offset_ms,
                start_stop=wanted.start_stop,
                count_in=self.sync.count_in if wanted.source == "internal" else 0,
            ),
        )


PlayerProcess = subprocess.Popen[bytes]


def start_player(options: PlayerOptions) -> PlayerProcess:
    """It opens its ports meanwhile, and waits to be heard."""
    return subprocess.Popen(options.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def in_pieces(message: Message) -> Iterator[Message]:
    """A message as it is sent: a long chunk in chunks of `MAX_CHUNK_NOTES`, whose first replaces what it would."""
    if not isinstance(message, Chunk):
        yield message
        return
    for begin in range(0, max(1, len(message.notes)), MAX_CHUNK_NOTES):
        yield msgspec.structs.replace(message, notes=message.notes[begin : begin + MAX_CHUNK_NOTES])


class PlayerLink:
    """A running player. Messages go to `on_message` in a reader thread; None means that the player is gone."""

    def __init__(self, process: PlayerProcess, on_message: Callable[[FromPlayer | None], None]) -> None:
        self._process = process
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: PT018
        self._sender = Sender(self._process.stdin)  # type: ignore[arg-type]
        self._receiver: Receiver[FromPlayer] = Receiver(self._process.stdout, FromPlayer)  # type: ignore[arg-type]
        self._on_message = on_message
        self._reader = threading.Thread(target=self._read, name="player-reader", daemon=True)

    @property
    def pid(self) -> int:
        """Process id of the player."""
        return self._process.pid

    def wait_ready(self) -> Ready:
        """Wait for the player's first message, then deliver the rest to `on_message`.

        Raises the error the player reports: `PortError`, `UsageError` or `DeviceLostError`.
        """
        first = self._receiver.receive()
        if isinstance(first, Failed):
            self._process.wait(timeout=5)
            raise ERRORS_BY_EXIT_CODE.get(first.exit_code, DeviceLostError)(first.text)
        if not isinstance(first, Ready):
            self.close()
            raise DeviceLostError("the player process ended before it was ready; `hocket doctor` tells why")
        if first.wire_version != WIRE_VERSION:
            self.close()
            raise DeviceLostError(f"the player speaks version {first.wire_version}, not {WIRE_VERSION}; install again")
        self._reader.start()
        return first

    def send(self, message: Message) -> bool:
        """Send a message, a long chunk in pieces; False if the player is gone."""
        return all(self._sender.send(piece) for piece in in_pieces(message))

    def _read(self) -> None:
        while True:
            message = self._receiver.receive()
            self._on_message(message)
            if message is None:
                return

    def close(self) -> int:
        """Let the player release its notes and end; returns its exit code."""
        self._sender.send(Quit())
        self._sender.close()
        try:
            code = self._process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if self._reader.is_alive():
            self._reader.join(timeout=1.0)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code
