"""JACK: MIDI written and read with sample offsets in the process callback.

Threads: JACK's own thread runs `_process` once a period; the player's main thread calls the rest. They share
deques (append and popleft are atomic) and plain attributes that one side writes. The callback must live in a
process without a busy interpreter lock: in the window's process it lost a quarter of its notes, here none.
"""

import heapq
import signal
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import jack

from realtime.errors import PortError
from realtime.messages import Plugged, PortsSeen
from realtime.player.backends.jack_ports import JackPorts, midi_ports
from realtime.player.backends.jack_time import CycleClock
from realtime.player.backends.jack_transport import JackTransport
from realtime.player.ports import (
    INPUT_BATCH,
    BackendMissingError,
    Outgoing,
    PortConfig,
    PortInfo,
    SystemTransport,
    Wake,
    Written,
)

MIN_LEAD_NS: Final = 10_000_000
MAX_INPUT: Final = 16_384
MAX_CONTINUOUS: Final = MAX_INPUT // 2  # of these, controllers, pressure and bends
CONTINUOUS: Final = frozenset((0xA, 0xB, 0xD, 0xE))  # a status's upper half
MAX_WRITES: Final = 256  # a cycle: more would take Python longer than a short period lasts
CLOSE_SECONDS: Final = 0.5
STUCK_SECONDS: Final = 1.0


def open_jack(config: PortConfig, wake: Wake) -> "JackIO":
    """Join the running JACK server; `BackendMissingError` without one."""
    client = _client(config.client_name)
    try:
        return JackIO(client, config, wake)
    except BaseException:
        with _ended_if_stuck(STUCK_SECONDS):
            client.close()
        raise


def list_jack_ports() -> list[PortInfo]:
    """MIDI ports of the running server."""
    client = _client("hocket-ports")
    try:
        sources = midi_ports(client, is_output=True)
        sinks = midi_ports(client, is_input=True)
    finally:
        client.close()
    return [
        *(PortInfo(name, "in", "jack", ":Hocket Out" in name) for name in sources),
        *(PortInfo(name, "out", "jack", ":Hocket In" in name) for name in sinks),
    ]


class JackIO:
    """One JACK client with an input port and output ports."""

    backend = "jack"
    poll_ns = 10_000_000  # the callback wakes the player when input is there

    def __init__(self, client: Any, config: PortConfig, wake: Wake) -> None:
        self._client, self._wake = client, wake
        self._ports = JackPorts(client, config, wake, self._settle)
        self._times = CycleClock(client)
        self._transport = JackTransport(client)
        self.transport: SystemTransport | None = self._transport
        self._handed: deque[tuple[int, int, Outgoing]] = deque()  # main thread -> callback
        self._queue: list[tuple[int, int, Outgoing]] = []  # callback only, by due time and order of sending
        self._written: deque[Written] = deque()  # callback -> main thread
        self._received: deque[tuple[int, bytes]] = deque()  # callback -> main thread
        self._sent_count = self._written_count = self._cycles = 0
        self._loss: str | None = None
        self._closed = False
        self.lost_input = self.lost_output = 0
        self._rate = client.samplerate
        self._period_frames = 0
        self._set_period(client.blocksize)
        client.set_process_callback(self._process)
        client.set_shutdown_callback(self._shutdown)
        client.activate()
        self._ports.start()
        self.in_name, self.out_name = self._ports.in_name, self._ports.out_name

    # --- main thread ----------------------------------------------------------------------------------

    def send(self, event: Outgoing) -> None:
        """Hand over to the callback, which writes at the sample of `due_ns`."""
        if self._closed or self._loss:
            raise PortError(self._loss or "the JACK port is closed")
        self._sent_count += 1
        self._handed.append((event.due_ns, self._sent_count, event))

    def set_outputs(self, names: Collection[str]) -> None:
        """In a thread: the server takes some periods for it."""
        self._ports.set_outputs(names)

    def watch(self, on: bool) -> None:
        """In the same thread."""
        self._ports.watch(on)

    def plugs(self) -> list[Plugged | PortsSeen]:
        """What has come or gone since the last call."""
        return self._ports.plugs()

    def written(self) -> list[Written]:
        """What the callback has written since the last call."""
        return [self._written.popleft() for _ in range(len(self._written))]

    def poll(self) -> list[tuple[int, bytes]]:
        """What the callback has read since the last call."""
        return [self._received.popleft() for _ in range(min(INPUT_BATCH, len(self._received)))]

    @property
    def missed_cycles(self) -> int:
        """Those in which the callback was not called, or too late."""
        return self._times.cycles.missed

    def alive(self) -> str | None:
        """Why the server is gone."""
        return self._loss

    def close(self) -> None:
        """Wait until all is written and a cycle further (readers run in it), then leave the server."""
        if self._closed:
            return
        self._closed = True
        self._ports.stop()
        self._settle()
        with _ended_if_stuck(STUCK_SECONDS):
            if not self._loss:
                self._client.deactivate()
            self._client.close()

    def _settle(self) -> None:
        """Any thread but the callback's: wait until what was sent so far is written, and a cycle further."""
        deadline = time.monotonic() + CLOSE_SECONDS
        sent = self._sent_count
        while not self._loss and self._written_count < sent and time.monotonic() < deadline:
            time.sleep(0.001)
        last_cycle = self._cycles + 2
        while not self._loss and self._cycles < last_cycle and time.monotonic() < deadline:
            time.sleep(0.001)

    def _set_period(self, frames: int) -> None:
        self._period_frames = frames
        self.lead_ns = max(MIN_LEAD_NS, 2 * frames * 1_000_000_000 // self._rate)

    # --- JACK's threads -------------------------------------------------------------------------------

    def _process(self, frames: int) -> None:
        if frames != self._period_frames:
            self._set_period(frames)
        start_ns, length_ns = self._times.cycle(frames)
        if self._times.cycles.is_repeated:
            return  # read already, and what was written has to stay: nobody may have heard it yet
        self._transport.read_cycle(start_ns)
        self._read(start_ns, length_ns, frames)
        outputs = self._ports.outputs
        for output in outputs.values():
            output.clear_buffer()
        while self._handed:
            heapq.heappush(self._queue, self._handed.popleft())
        if self._queue:
            self._write(outputs, start_ns, length_ns, frames)
        self._cycles += 1

    def _read(self, start_ns: int, length_ns: int, frames: int) -> None:
        count = len(self._received)
        for offset, data in self._ports.source.incoming_midi_events():
            raw = bytes(data)
            # A flood is one of controllers: they are dropped first, so that there is room for the note-offs.
            if len(self._received) < (MAX_CONTINUOUS if raw and raw[0] >> 4 in CONTINUOUS else MAX_INPUT):
                self._received.append((start_ns + offset * length_ns // frames, raw))
            else:
                self.lost_input += 1
        if len(self._received) > count:
            self._wake()

    def _write(self, outputs: Mapping[str, Any], start_ns: int, length_ns: int, frames: int) -> None:
        queue = self._queue
        for _ in range(MAX_WRITES):
            if not queue or queue[0][0] >= start_ns + length_ns:
                return
            event = queue[0][2]
            if event.port not in outputs:
                heapq.heappop(queue)
                self.lost_output += 1
                self._written_count += 1
                continue
            offset = min(max(0, (event.due_ns - start_ns) * frames // length_ns), frames - 1)
            try:
                outputs[event.port].write_midi_event(offset, event.data)
            except jack.JackError:
                return  # the port's buffer is full: the rest goes out in the next cycle
            heapq.heappop(queue)
            self._written.append(Written(event, start_ns + offset * length_ns // frames))
            self._written_count += 1

    def _shutdown(self, _status: object, reason: str) -> None:
        self._loss = f"the JACK server is gone ({reason})"
        self._wake()


def _client(name: str) -> Any:
    try:
        return jack.Client(name, no_start_server=True)
    except jack.JackOpenError as error:
        raise BackendMissingError("no JACK server runs here") from error


@contextmanager
def _ended_if_stuck(seconds: float) -> Iterator[None]:
    """Leave the server, or be ended by the kernel.

    libjack cancels its thread wherever it is: inside a Python callback that takes the interpreter's lock along, and
    no Python code runs any more; or it waits for a lock of its own for ever, on a server that has only just come. All
    notes are released by then, so SIGALRM, which nobody handles, may end the process.
    """
    before = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
