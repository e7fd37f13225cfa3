"""RtMidi: ALSA, CoreMIDI and Windows ports, and JACK for machines without JACK-Client.

Input is polled: a Python callback under a busy interpreter lock lost a third of its messages, polling almost none.
"""

import time
from collections.abc import Collection
from typing import Final

import rtmidi

from realtime.errors import PortError
from realtime.messages import Plugged, PortsSeen
from realtime.player.backends.rtmidi_ports import RtMidiPorts, new_client
from realtime.player.ports import INPUT_BATCH, Outgoing, PortConfig, PortInfo, SystemTransport, Written
from realtime.player.waiting import LEAD_NS, wait_until

JACK_DRAIN_SECONDS: Final = 0.05  # RtMidi writes to JACK a period later; 50 ms covers 2048 frames at 48 kHz


def open_rtmidi(config: PortConfig, backend: str) -> "RtMidiIO":
    """Open the ports; `BackendMissingError` where the MIDI system is absent."""
    return RtMidiIO(config, backend)


def list_rtmidi_ports(backend: str = "rtmidi") -> list[PortInfo]:
    """Ports of ALSA, CoreMIDI or Windows (`rtmidi`), or of JACK (`rtmidi-jack`)."""
    found: list[PortInfo] = []
    source = new_client(rtmidi.MidiIn, backend, "hocket-ports")
    sink = new_client(rtmidi.MidiOut, backend, "hocket-ports")
    found += [PortInfo(name, "in", backend, "Hocket Out" in name) for name in source.get_ports()]
    found += [PortInfo(name, "out", backend, "Hocket In" in name) for name in sink.get_ports()]
    source.delete()
    sink.delete()
    return found


class RtMidiIO:
    """RtMidi ports. RtMidi crashes when used after `delete`, so nothing gets past `_closed`."""

    lead_ns = LEAD_NS
    poll_ns = 1_000_000
    transport: SystemTransport | None = None
    lost_input = 0  # RtMidi says so on stderr only
    missed_cycles = 0

    def __init__(self, config: PortConfig, backend: str) -> None:
        self.backend = backend
        self._written: list[Written] = []
        self._closed = False
        self.lost_output = 0
        self._turns = 0  # how often the main thread has looked at its ports anew
        self._ports = RtMidiPorts(config, backend, lambda: self._turns)
        self.in_name, self.out_name = self._ports.in_name, self._ports.out_name

    def send(self, event: Outgoing) -> None:
        """Send when it is due."""
        if self._closed:
            raise PortError("the MIDI port is closed")
        output = self._ports.outputs.get(event.port)
        if output is None:
            self.lost_output += 1
            return
        wait_until(event.due_ns)
        try:
            output.send_message(event.data)
        except (rtmidi.RtMidiError, OSError) as error:
            raise PortError(f"cannot send to {self.out_name!r}: {error}") from error
        self._written.append(Written(event, time.monotonic_ns()))

    def set_outputs(self, names: Collection[str]) -> None:
        """In a thread, although RtMidi keeps the interpreter's lock meanwhile: see `rtmidi_ports`."""
        self._ports.set_outputs(names)

    def watch(self, on: bool) -> None:
        """In the same thread."""
        self._ports.watch(on)

    def plugs(self) -> list[Plugged | PortsSeen]:
        """What has come or gone since the last call."""
        return self._ports.plugs()

    def written(self) -> list[Written]:
        """What was sent since the last call."""
        written, self._written = self._written, []
        return written

    def poll(self) -> list[tuple[int, bytes]]:
        """What came in since the last call, stamped now: RtMidi's own stamps have no zero."""
        self._turns += 1
        source = self._ports.source
        arrived: list[tuple[int, bytes]] = []
        while source is not None and not self._closed and len(arrived) < INPUT_BATCH:
            message = source.get_message()
            if message is None:
                break
            arrived.append((time.monotonic_ns(), bytes(message[0])))
        return arrived

    def alive(self) -> str | None:
        """What the ports' thread has found."""
        return self._ports.loss

    def close(self) -> None:
        """Let JACK take the last messages, then close and delete all ports."""
        if self._closed:
            return
        self._closed = True
        if self.backend == "rtmidi-jack" and self._ports.loss is None:
            time.sleep(JACK_DRAIN_SECONDS)
        self._ports.close()
