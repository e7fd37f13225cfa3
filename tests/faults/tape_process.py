"""A program on the other end of Hocket's output, in a process of its own: it hears all that arrives, whatever happens.

python -m tests.faults.tape_process NAME [plays]

A line on stdin is an order, a line of JSON on stdout its answer:
    events      what has arrived since the last asking: [[monotonic ns, [byte, ...]], ...], where this end was lost as
                [ns, null], and the moments before which this end missed periods: [[ns, periods], ...]
    unplug      the port goes, as a device does that is unplugged
    plug        and is there again
    play [[byte, ...], ...]     send them all at once, to whoever listens
It joins the JACK server anew when that has died. One that `plays` does so into every port called `Hocket In`, and hears
nothing: both at once make a loop of JACK's graph, which costs it periods.
"""

import contextlib
import json
import os
import sys
import threading
import time
from collections import deque
from typing import TypeVar

import jack

from realtime.player.backends.jack_ports import midi_ports
from realtime.player.backends.jack_time import CycleClock

T = TypeVar("T")
LOOK_SECONDS = 0.02
MESSAGES_A_CYCLE = 400  # what a JACK port holds of short messages is some 1,000
ENDED = None  # in the place of a message: the server went, and with it all that sounded here


class Tape:
    """One JACK client at a time."""

    def __init__(self, name: str, *, plays: bool) -> None:
        self._name, self._plays = name, plays
        self._heard: deque[tuple[int, list[int] | None]] = deque()
        self._to_play: deque[bytes] = deque()
        self._client: jack.Client | None = None
        self._ever: list[jack.Client] = []  # one of a dead server may hang when it is closed, be it as garbage
        self._lost = threading.Event()
        self._is_plugged = True
        self._seen: set[str] = set()  # inputs of Hocket that we have been connected to
        # When, periods in which we were not called, or too late; none where JACK says that it was late itself.
        self._missed: deque[tuple[int, int]] = deque()

    def keep(self) -> None:
        """A thread's life: be on the server, and connected to what there is to play to."""
        while True:
            if self._client is None or self._lost.is_set():
                self._join()
            elif self._plays:
                with contextlib.suppress(jack.JackError, Exception):
                    self._connect(self._client)
            time.sleep(LOOK_SECONDS)

    def wait(self) -> None:
        """Until the server is joined."""
        while self._client is None:
            time.sleep(LOOK_SECONDS)

    def take(self) -> dict[str, object]:
        return {"events": _taken(self._heard), "missed": _taken(self._missed)}

    def plug(self, there: bool) -> dict[str, object]:
        client = self._client
        if client is not None and there != self._is_plugged:
            with contextlib.suppress(jack.JackError):
                if there:
                    self._ear = client.midi_inports.register("ear")
                else:
                    ear, self._ear = self._ear, None
                    ear.unregister()
        self._is_plugged = there
        return {"plugged": there}

    def play(self, messages: list[list[int]]) -> dict[str, object]:
        self._to_play.extend(map(bytes, messages))
        return {"waiting": len(self._to_play)}

    def _join(self) -> None:
        try:
            client = jack.Client(self._name, no_start_server=True, use_exact_name=True)
        except jack.JackError:
            return
        self._ever.append(client)
        self._lost.clear()
        self._seen.clear()
        try:
            self._ear = client.midi_inports.register("ear") if self._is_plugged else None
            self._mouth = client.midi_outports.register("mouth")
            self._clock = CycleClock(client)
            client.set_process_callback(self._process)
            client.set_xrun_callback(self._note_xrun)
            client.set_shutdown_callback(self._shut_down)
            client.activate()
        except jack.JackError:  # a server that has only just come, or is about to go
            self._lost.set()
            return
        self._client = client

    def _connect(self, client: jack.Client) -> None:
        for port in midi_ports(client, is_input=True):
            if port.endswith(":Hocket In") and port not in self._seen:
                client.connect(self._mouth, port)
                self._seen.add(port)
        self._seen &= set(midi_ports(client, is_input=True))

    def _note_xrun(self, _delayed_us: float) -> None:
        self._missed.append((time.monotonic_ns(), 0))

    def _shut_down(self, _status: object, _reason: str) -> None:
        self._heard.append((time.monotonic_ns(), ENDED))
        self._lost.set()

    def _process(self, frames: int) -> None:
        missed = self._clock.cycles.missed
        start_ns, length_ns = self._clock.cycle(frames)
        if self._clock.cycles.is_repeated:
            return  # heard already
        if self._clock.cycles.missed > missed:
            self._missed.append((start_ns, self._clock.cycles.missed - missed))
        ear = self._ear
        for offset, data in ear.incoming_midi_events() if ear is not None else ():
            self._heard.append((start_ns + offset * length_ns // frames, list(bytes(data))))
        self._mouth.clear_buffer()
        for _ in range(min(MESSAGES_A_CYCLE, len(self._to_play))):
            self._mouth.write_midi_event(0, self._to_play.popleft())


def _taken(queue: deque[T]) -> list[T]:
    return [queue.popleft() for _ in range(len(queue))]


def main() -> None:
    with contextlib.suppress(OSError, AttributeError):  # as root: what the callback waits for is not kept waiting
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(60))
    jack.set_error_function(lambda _: None)  # a dead server is nothing to talk about
    jack.set_info_function(lambda _: None)
    tape = Tape(sys.argv[1], plays="plays" in sys.argv[2:])
    threading.Thread(target=tape.keep, daemon=True).start()
    tape.wait()
    print("ready", flush=True)
    for line in sys.stdin:
        order, _, rest = line.strip().partition(" ")
        orders = {
            "events": tape.take,
            "unplug": lambda: tape.plug(False),
            "plug": lambda: tape.plug(True),
            "play": lambda: tape.play(json.loads(rest)),  # noqa: B023
        }
        print(json.dumps(orders[order]()), flush=True)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # libjack's threads of a dead server may never end
