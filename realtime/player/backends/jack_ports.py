"""Our ports on the JACK server: outputs that open and close, devices that come and go.

Threads: one of our own asks the server for all that changes while music plays, for an answer takes some periods.
`outputs` is replaced, never changed, so that the process callback may read it at any time. JACK's notification thread
only leaves word that ports were registered.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import jack

from realtime.errors import PortError
from realtime.messages import Plugged, PortsSeen
from realtime.player.backends.link import Link, follow
from realtime.player.port_watch import PortWatch
from realtime.player.ports import PortConfig, Wake

LOOK_SECONDS: Final = 1.0  # between two looks whether the named devices are there, if nobody says that something came
STOP_SECONDS: Final = 0.3
LIST_TRIES: Final = 8


def midi_ports(client: Any, **flags: bool) -> list[str]:
    """Names of the server's MIDI ports. JACK-Client fails when one goes while it makes the list, and is asked again.

    Raises `PortError` when that does not help.
    """
    for _ in range(LIST_TRIES):
        with contextlib.suppress(jack.JackError):
            return [port.name for port in client.get_ports(is_midi=True, **flags)]
    raise PortError("the JACK server does not list its ports")


class JackPorts:
    """`settle` waits until what was sent so far has left, and the callback has seen the present `outputs`."""

    def __init__(self, client: Any, config: PortConfig, wake: Wake, settle: Callable[[], None]) -> None:
        self._client, self._config, self._wake, self._settle = client, config, wake, settle
        self.source = client.midi_inports.register(config.own_in)
        self.outputs: Mapping[str, Any] = {"": client.midi_outports.register(config.own_out)}
        self._links = [
            *([Link(config.wanted_in, "in")] if config.wanted_in else []),
            *([Link(config.wanted_out, "out")] if config.wanted_out else []),
        ]
        self._wanted: frozenset[str] = frozenset()
        self._plugs: deque[Plugged | PortsSeen] = deque()
        self._watch = PortWatch("jack")
        self._registered: deque[str] = deque(maxlen=1024)
        self._stirred, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="jack ports")
        client.set_port_registration_callback(self._note_registration)

    # --- main thread ----------------------------------------------------------------------------------

    def start(self) -> None:
        """The client is active: connect what was asked for by name. Raises `PortError` for what is not there."""
        for link in self._links:
            try:
                device = link.find(self._others(link.direction))
                self._connect(link, device)
            except PortError:
                if not self._config.patient:
                    raise
                self._plugs.append(link.gone())
            else:
                link.came(device)
        self._thread.start()

    @property
    def in_name(self) -> str:
        """The device we listen to, or our own port."""
        return self._name("in", self.source)

    @property
    def out_name(self) -> str:
        """The device we play to, or our own port."""
        return self._name("out", self.outputs[""])

    def set_outputs(self, names: Collection[str]) -> None:
        """Open and close outputs until there are these."""
        self._wanted = frozenset(names)
        self._stirred.set()

    def watch(self, on: bool) -> None:
        """Tell which ports there are, or no longer."""
        self._watch.switch(on)
        self._stirred.set()

    def plugs(self) -> list[Plugged | PortsSeen]:
        """What has come or gone since the last call."""
        return [self._plugs.popleft() for _ in range(len(self._plugs))]

    def stop(self) -> None:
        """Change nothing more."""
        self._stopped.set()
        self._stirred.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _name(self, direction: str, own: Any) -> str:
        return next((link.name for link in self._links if link.direction == direction), str(own.name))

    # --- our thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(jack.JackError, PortError):  # the server is going: the client is told of that
                self._change_outputs()
                self._look()
            self._stirred.wait(LOOK_SECONDS)
            self._stirred.clear()

    def _change_outputs(self) -> None:
        wanted = self._wanted
        for name in sorted(wanted - self.outputs.keys()):
            output = self._client.midi_outports.register(self._config.own_output(name))
            self.outputs = {**self.outputs, name: output}
            self._tell(Plugged(output.name, "out", name, there=True))
        for name in sorted(self.outputs.keys() - wanted - {""}):
            self._settle()
            output = self.outputs[name]
            self.outputs = {other: port for other, port in self.outputs.items() if other != name}
            self._settle()
            output.unregister()

    def _look(self) -> None:
        anew = {self._registered.popleft() for _ in range(len(self._registered))}
        for link in self._links:
            replaced = anew - {port.name for port in self._own(link).connections}
            for plugged in follow(link, self._others(link.direction), self._connect, replaced):
                self._tell(plugged)

        if self._watch.on:
            self._look_at_all()

    def _look_at_all(self) -> None:
        names = {direction: self._others(direction) for direction in ("in", "out")}
        ours = (self.source, *self.outputs.values())
        seen = self._watch.look(names, {port.name for own in ours for port in own.connections})
        if seen is not None:
            self._tell(seen)

    def _own(self, link: Link) -> Any:
        return self.source if link.direction == "in" else self.outputs[""]

    def _others(self, direction: str) -> list[str]:
        flags = {"is_output": True} if direction == "in" else {"is_input": True}
        names = midi_ports(self._client, **flags)
        return [name for name in names if not name.startswith(f"{self._client.name}:")]

    def _connect(self, link: Link, device: str) -> None:
        own = self._own(link)
        ends = (device, own) if link.direction == "in" else (own, device)
        try:
            if not _is_connected(own, device):
                self._client.connect(*ends)
        except jack.JackError as error:
            if not _is_connected(own, device):  # unless someone else has done it at this very moment
                raise PortError(f"cannot connect {device!r} ({error})") from error
        self._settle()  # JACK answers before the connection carries anything

    def _tell(self, news: Plugged | PortsSeen) -> None:
        self._plugs.append(news)
        self._wake()

    # --- JACK's notification thread -------------------------------------------------------------------

    def _note_registration(self, port: Any, registered: bool) -> None:
        if registered:
            self._registered.append(port.name)
        self._stirred.set()


def _is_connected(own: Any, device: str) -> bool:
    return device in [port.name for port in own.connections]
