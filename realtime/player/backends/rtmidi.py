"""RtMidi: ALSA, CoreMIDI and Windows ports, and JACK for machines without JACK-Client.

Input is polled: a Python callback under a busy interpreter lock lost a third of its messages, polling almost
none. A watcher thread lists the ports once a second, for a list may take milliseconds.
"""

import sys
import threading
import time
from typing import Any, Final

import rtmidi

from realtime.errors import PortError
from realtime.player.ports import (
    INPUT_BATCH,
    BackendMissingError,
    Outgoing,
    PortConfig,
    PortInfo,
    Written,
    listing,
    match_port,
)

QUEUE_MESSAGES: Final = 8192  # RtMidi's input queue between two polls
WATCH_SECONDS: Final = 1.0
JACK_DRAIN_SECONDS: Final = 0.05  # RtMidi writes to JACK a period later; 50 ms covers 2048 frames at 48 kHz
LOOPBACK_NAMES: Final = ("Default App Loopback (A)", "loopMIDI", "Loopback")
HAS_VIRTUAL_PORTS: Final = sys.platform != "win32"


def open_rtmidi(config: PortConfig, backend: str) -> "RtMidiIO":
    """Open both ports; `BackendMissingError` where the MIDI system is absent."""
    opened: list[Any] = []
    try:
        for kind in (rtmidi.MidiIn, rtmidi.MidiOut):
            opened.append(_client(kind, backend, config.client_name))
        return RtMidiIO(opened[0], opened[1], config, backend)
    except BaseException:
        for client in opened:
            client.delete()
        raise


def list_rtmidi_ports(backend: str = "rtmidi") -> list[PortInfo]:
    """Ports of ALSA, CoreMIDI or Windows (`rtmidi`), or of JACK (`rtmidi-jack`)."""
    found: list[PortInfo] = []
    source = _client(rtmidi.MidiIn, backend, "hocket-ports")
    sink = _client(rtmidi.MidiOut, backend, "hocket-ports")
    found += [PortInfo(name, "in", backend, "Hocket Out" in name) for name in source.get_ports()]
    found += [PortInfo(name, "out", backend, "Hocket In" in name) for name in sink.get_ports()]
    source.delete()
    sink.delete()
    return found


class RtMidiIO:
    """A pair of RtMidi ports. RtMidi crashes when used after `delete`, so nothing gets past `_closed`."""

    lead_ns = 0
    poll_ns = 1_000_000
    lost_input = 0  # RtMidi says so on stderr only

    def __init__(self, source: Any, sink: Any, config: PortConfig, backend: str) -> None:
        self.backend = backend
        self._in, self._out = source, sink
        self._written: list[Written] = []
        self._closed = False
        source.ignore_types(sysex=True, timing=True, active_sense=True)
        self.in_name = _open_port(source, config.wanted_in, config.own_in, "input")
        self.out_name = _open_port(sink, config.wanted_out, config.own_out, "output")
        peers_in = {self.in_name} if self.in_name != config.own_in else set[str]()
        peers_out = {self.out_name} if self.out_name != config.own_out else set[str]()
        self._watcher = _Watcher(backend, peers_in, peers_out, config.own_out)

    def send(self, event: Outgoing) -> None:
        """Send at once: the player calls at the due time."""
        if self._closed:
            raise PortError("the MIDI port is closed")
        try:
            self._out.send_message(event.data)
        except (rtmidi.RtMidiError, OSError) as error:
            raise PortError(f"cannot send to {self.out_name!r}: {error}") from error
        self._written.append(Written(event, time.monotonic_ns()))

    def written(self) -> list[Written]:
        """What was sent since the last call."""
        written, self._written = self._written, []
        return written

    def poll(self) -> list[tuple[int, bytes]]:
        """What came in since the last call, stamped now: RtMidi's own stamps have no zero."""
        arrived: list[tuple[int, bytes]] = []
        while not self._closed and len(arrived) < INPUT_BATCH:
            message = self._in.get_message()
            if message is None:
                break
            arrived.append((time.monotonic_ns(), bytes(message[0])))
        return arrived

    def alive(self) -> str | None:
        """What the watcher has found."""
        return self._watcher.loss

    def close(self) -> None:
        """Let JACK take the last messages, then close and delete both ports."""
        if self._closed:
            return
        self._closed = True
        if self.backend == "rtmidi-jack" and self._watcher.loss is None:
            time.sleep(JACK_DRAIN_SECONDS)
        self._watcher.stop()
        for port in (self._in, self._out):
            port.close_port()
            port.delete()


class _Watcher:
    """Looks once a second whether the ports we are connected to are still there, with one long-lived client."""

    def __init__(self, backend: str, peers_in: set[str], peers_out: set[str], own_out: str) -> None:
        self.loss: str | None = None
        self._own_out = own_out
        self._peers_in, self._peers_out = peers_in, peers_out
        self._is_jack = backend == "rtmidi-jack"
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        if self._is_jack or peers_in or peers_out:
            clients = _client(rtmidi.MidiIn, backend, "hocket-watch"), _client(rtmidi.MidiOut, backend, "hocket-watch")
            self._thread = threading.Thread(target=self._run, args=clients, daemon=True, name="port watcher")
            self._thread.start()

    def stop(self) -> None:
        """End the thread; it may be in the middle of a list."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(0.2)

    def _run(self, source: Any, sink: Any) -> None:
        while self.loss is None and not self._stopped.wait(WATCH_SECONDS):
            self.loss = self._look(source, sink)
        source.delete()
        sink.delete()

    def _look(self, source: Any, sink: Any) -> str | None:
        try:
            gone = (self._peers_in - set(source.get_ports())) | (self._peers_out - set(sink.get_ports()))
            if self._is_jack:
                # A dead server's port list stays readable in shared memory; only a request to it fails.
                own = [name for name in source.get_ports() if name.endswith(self._own_out)]
                source.open_port(source.get_ports().index(own[0]), "watch")
                source.close_port()
        except (rtmidi.RtMidiError, OSError, LookupError) as error:
            return f"the MIDI system is gone ({error})"
        return f"the MIDI port {gone.pop()!r} is gone" if gone else None


def _client(kind: Any, backend: str, name: str) -> Any:
    api = rtmidi.API_UNIX_JACK if backend == "rtmidi-jack" else _system_api()
    extra = {"queue_size_limit": QUEUE_MESSAGES} if kind is rtmidi.MidiIn else {}
    try:
        return kind(api, name=name, **extra)
    except (rtmidi.RtMidiError, OSError, TypeError) as error:
        raise BackendMissingError(f"{rtmidi.get_api_display_name(api)} is not available here") from error


def _system_api() -> int:
    compiled = rtmidi.get_compiled_api()
    for api in (rtmidi.API_MACOSX_CORE, rtmidi.API_WINDOWS_MM, rtmidi.API_LINUX_ALSA):
        if api in compiled:
            return int(api)
    raise BackendMissingError("this build of python-rtmidi knows no MIDI system")


def _open_port(client: Any, wanted: str, own: str, what: str) -> str:
    names = list(client.get_ports())
    if not wanted and HAS_VIRTUAL_PORTS:
        client.open_virtual_port(own)
        return own
    name = match_port(wanted, names, what) if wanted else _loopback(names, what)
    try:
        client.open_port(names.index(name), own)
    except (rtmidi.RtMidiError, OSError) as error:
        raise PortError(f"cannot open {name!r}: another program is using this port ({error})") from error
    return name


def _loopback(names: list[str], what: str) -> str:
    # Windows has no virtual ports: a loopback driver's port takes their place.
    for known in LOOPBACK_NAMES:
        for name in names:
            if known.casefold() in name.casefold():
                return name
    raise PortError(f"no loopback {what} port: start loopMIDI or name a port; {listing(names)}")
