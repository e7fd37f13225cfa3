"""Another JACK client: records what our output sends, plays into our input."""

import time
from collections import deque
from collections.abc import Callable

import jack

from realtime.player.backends.jack_ports import midi_ports
from realtime.player.backends.jack_time import CycleClock

TIMEOUT_SECONDS = 10.0


def wait_until(condition: Callable[[], bool], what: str, seconds: float = TIMEOUT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(0.002)


class JackPeer:
    """Connected to the ports whose names end with `Hocket Out` and `Hocket In`."""

    def __init__(self, name: str = "peer") -> None:
        self.heard: list[tuple[int, bytes]] = []  # monotonic ns, message
        self._to_play: deque[bytes] = deque()
        self._client = jack.Client(name, no_start_server=True)
        self._in = self._client.midi_inports.register("ear")
        self._out = self._client.midi_outports.register("mouth")
        self._clock = CycleClock(self._client)
        self._client.set_process_callback(self._process)
        self._client.activate()
        self.ear, self.mouth = self._in.name, self._out.name

    def connect(self, *, listens: bool = True, plays: bool = True, output: str = "Hocket Out") -> None:
        """Both at once make a loop of the graph, which costs JACK some periods: take one where time matters."""
        for port in midi_ports(self._client):
            if listens and port.endswith(f":{output}"):
                self._client.connect(port, self._in)
            if plays and port.endswith(":Hocket In"):
                self._client.connect(self._out, port)

    @property
    def connections(self) -> set[str]:
        return {port.name for port in (*self._in.connections, *self._out.connections)}

    def play(self, data: bytes) -> None:
        self._to_play.append(data)

    def close(self) -> None:
        self._client.deactivate()
        self._client.close()

    def _process(self, frames: int) -> None:
        start_ns, length_ns = self._clock.cycle(frames)
        if self._clock.cycles.is_repeated:
            return
        for offset, data in self._in.incoming_midi_events():
            self.heard.append((start_ns + offset * length_ns // frames, bytes(data)))
        self._out.clear_buffer()
        while self._to_play:
            self._out.write_midi_event(0, self._to_play.popleft())
