"""RtMidi's clients: one a port, opened, closed and replaced beside the music.

Threads: one of our own lists the ports once a second with one long-lived pair of clients (a list may take
milliseconds), and makes and deletes the others. The main thread reads `source` and `outputs`, which are replaced and
never changed; a client is deleted only after the main thread has looked anew twice. RtMidi keeps the interpreter's
lock while it opens a client, so a port that opens while music plays holds the music up: 0.1 s with JACK under load.
"""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import rtmidi

from realtime.errors import PortError
from realtime.messages import Plugged, PortsSeen
from realtime.player.backends.link import Link, follow
from realtime.player.port_watch import PortWatch
from realtime.player.ports import BackendMissingError, Direction, PortConfig, listing

SETTLE_SECONDS: Final = 0.03
QUEUE_MESSAGES: Final = 8192  # RtMidi's input queue between two polls
WATCH_SECONDS: Final = 1.0
STOP_SECONDS: Final = 0.2  # the thread may be in the middle of a list
GRACE_SECONDS: Final = 0.2  # at most, for the main thread to look anew
LOOPBACK_NAMES: Final = ("Default App Loopback (A)", "loopMIDI", "Loopback")
HAS_VIRTUAL_PORTS: Final = sys.platform != "win32"
KINDS: Final = {"in": rtmidi.MidiIn, "out": rtmidi.MidiOut}


class RtMidiPorts:
    """`turns` counts how often the main thread has looked at the ports."""

    def __init__(self, config: PortConfig, backend: str, turns: Callable[[], int]) -> None:
        self._config, self._backend, self._turns = config, backend, turns
        self._is_jack = backend == "rtmidi-jack"
        self.source: Any = None
        self.outputs: Mapping[str, Any] = {}
        self.loss: str | None = None
        self._links: list[Link] = []
        self._wanted: frozenset[str] = frozenset()
        self._plugs: deque[Plugged | PortsSeen] = deque()
        self._watch = PortWatch(backend)
        self._changing = threading.Lock()
        self._stirred, self._stopped = threading.Event(), threading.Event()
        self._lists: dict[str, Any] = {}
        self._thread: threading.Thread | None = None
        try:
            self._lists = {direction: new_client(kind, backend, "hocket-watch") for direction, kind in KINDS.items()}
            self._start("in", config.wanted_in)
            self._start("out", config.wanted_out)
        except BaseException:
            self._delete_all()
            self._delete_lists()
            raise
        if self._links or self._is_jack:
            self._run_thread()

    # --- main thread ----------------------------------------------------------------------------------

    @property
    def in_name(self) -> str:
        """The device we listen to, or our own port."""
        return next((link.name for link in self._links if link.direction == "in"), self._config.own_in)

    @property
    def out_name(self) -> str:
        """The device we play to, or our own port."""
        return next((link.name for link in self._links if link.direction == "out"), self._config.own_out)

    def set_outputs(self, names: Collection[str]) -> None:
        """Open and close outputs until there are these."""
        self._wanted = frozenset(names)
        if self._thread is not None or self._wanted:
            self._run_thread()
        self._stirred.set()

    def watch(self, on: bool) -> None:
        """Tell which ports there are, or no longer."""
        self._watch.switch(on)
        if on:
            self._run_thread()
        self._stirred.set()

    def plugs(self) -> list[Plugged | PortsSeen]:
        """What has come or gone since the last call."""
        return [self._plugs.popleft() for _ in range(len(self._plugs))]

    def close(self) -> None:
        """Close and delete all clients."""
        self._stopped.set()
        self._stirred.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        else:
            self._delete_lists()
        self._delete_all()

    def _start(self, direction: Direction, wanted: str) -> None:
        """Our own port, or the device that takes its place. Raises `PortError` where there is none."""
        if not wanted and HAS_VIRTUAL_PORTS:
            self._use(direction, "", self._virtual(direction, ""))
            return
        names = list(self._lists[direction].get_ports())
        link = Link(wanted or _loopback(names, f"{direction}put"), direction)
        self._links.append(link)
        try:
            device = link.find(names)
            self._connect(link, device)
        except PortError:
            if not self._config.patient:
                raise
            self._plugs.append(link.gone())
        else:
            link.came(device)

    def _run_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="port watcher")
            self._thread.start()

    # --- our thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopped.is_set() and self.loss is None:
            try:
                self._change_outputs()
                self._look()
            except (rtmidi.RtMidiError, OSError, LookupError, BackendMissingError) as error:
                self.loss = f"the MIDI system is gone ({error})"
            self._stirred.wait(WATCH_SECONDS)
            self._stirred.clear()
        self._delete_lists()

    def _change_outputs(self) -> None:
        wanted = self._wanted
        known = {*self.outputs, *(link.port for link in self._links if link.direction == "out")}
        for name in sorted(wanted - known):
            if HAS_VIRTUAL_PORTS:
                self._use("out", name, self._virtual("out", name))
                self._plugs.append(Plugged(self._config.own_output(name), "out", name, there=True))
            else:
                self._links.append(Link(name, "out", name))
        for name in sorted(known - wanted - {""}):
            self._links = [link for link in self._links if link.port != name]
            self._use("out", name, None)

    def _look(self) -> None:
        for link in self._links:
            names = list(self._lists[link.direction].get_ports())
            for plugged in follow(link, names, self._connect):
                if not plugged.there:
                    self._use(link.direction, link.port, None)
                self._plugs.append(plugged)
        if self._watch.on:
            self._look_at_all()
        if self._is_jack:
            # A dead server's port list stays readable in shared memory; only a request to it fails.
            names = self._lists["in"].get_ports()
            own = [place for place, name in enumerate(names) if f":{self._config.own_out}" in name]
            if own:
                self._lists["in"].open_port(own[0], "watch")
                self._lists["in"].close_port()

    def _look_at_all(self) -> None:
        own = (self._config.own_in, self._config.own_out)  # client names are no guide: JACK numbers ours
        names = {
            direction: [name for name in client.get_ports() if not any(each in name for each in own)]
            for direction, client in self._lists.items()
        }
        seen = self._watch.look(names, {link.device for link in self._links if link.device})
        if seen is not None:
            self._plugs.append(seen)

    def _connect(self, link: Link, device: str) -> None:
        client = new_client(KINDS[link.direction], self._backend, self._config.client_name)
        own = self._config.own_in if link.direction == "in" else self._config.own_output(link.port)
        try:
            client.open_port(list(client.get_ports()).index(device), own)
        except (rtmidi.RtMidiError, OSError, ValueError) as error:
            client.delete()
            raise PortError(f"cannot open {device!r}: another program is using this port ({error})") from error
        self._use(link.direction, link.port, client)

    def _virtual(self, direction: Direction, port: str) -> Any:
        client = new_client(KINDS[direction], self._backend, self._config.client_name)
        client.open_virtual_port(self._config.own_in if direction == "in" else self._config.own_output(port))
        return client

    def _use(self, direction: str, port: str, client: Any) -> None:
        """Put a client in another's place; None: nothing."""
        old = client
        with self._changing:
            if not self._stopped.is_set():
                old = self._exchange(direction, port, client)
        if old is not None:
            self._wait_for_main_thread()
            _delete(old)

    def _exchange(self, direction: str, port: str, client: Any) -> Any:
        if direction == "in":
            old, self.source = self.source, client
            if client is not None:
                client.ignore_types(sysex=True, timing=False, active_sense=True)
            return old
        outputs = dict(self.outputs)
        old = outputs.pop(port, None)
        self.outputs = outputs if client is None else {**outputs, port: client}
        return old

    def _wait_for_main_thread(self) -> None:
        turn, deadline = self._turns() + 2, time.monotonic() + GRACE_SECONDS
        while self._turns() < turn and time.monotonic() < deadline and not self._stopped.is_set():
            time.sleep(0.001)

    def _delete_all(self) -> None:
        with self._changing:
            clients = (self.source, *self.outputs.values())
            self.source, self.outputs = None, {}
        for client in clients:
            if client is not None:
                _delete(client)

    def _delete_lists(self) -> None:
        for client in self._lists.values():
            _delete(client)
        self._lists = {}


def new_client(kind: Any, backend: str, name: str) -> Any:
    """An RtMidi client; `BackendMissingError` where the MIDI system is absent."""
    api = rtmidi.API_UNIX_JACK if backend == "rtmidi-jack" else _system_api()
    extra = {"queue_size_limit": QUEUE_MESSAGES} if kind is rtmidi.MidiIn else {}
    try:
        return kind(api, name=name, **extra)
    except (rtmidi.RtMidiError, OSError, TypeError) as error:
        raise BackendMissingError(f"{rtmidi.get_api_display_name(api)} is not available here") from error


def _delete(client: Any) -> None:
    """With a pause: JACK's own thread still works on the port's end.

    Without it 2 of 12 test runs ended in a segmentation fault in that thread, with it none of 20.
    """
    client.close_port()
    if client.get_current_api() == rtmidi.API_UNIX_JACK:
        time.sleep(SETTLE_SECONDS)
    client.delete()


def _system_api() -> int:
    compiled = rtmidi.get_compiled_api()
    for api in (rtmidi.API_MACOSX_CORE, rtmidi.API_WINDOWS_MM, rtmidi.API_LINUX_ALSA):
        if api in compiled:
            return int(api)
    raise BackendMissingError("this build of python-rtmidi knows no MIDI system")


def _loopback(names: list[str], what: str) -> str:
    # Windows has no virtual ports: a loopback driver's port takes their place.
    for known in LOOPBACK_NAMES:
        for name in names:
            if known.casefold() in name.casefold():
                return name
    raise PortError(f"no loopback {what} port: start loopMIDI or name a port; {listing(names)}")
