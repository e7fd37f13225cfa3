"""Ports of a back end and what is at their other end, for tests of what all back ends must do."""

from typing import Protocol

import pytest

from realtime.messages import Plugged
from realtime.player.backends.memory import MemoryIO
from realtime.player.ports import MidiIO, Written
from tests.player.jack_peer import JackPeer, wait_until

JACK_BACKENDS = [pytest.param(name, marks=pytest.mark.jack) for name in ("jack", "rtmidi-jack")]


class Other(Protocol):
    """The other end of the ports."""

    def heard(self, port: str = "") -> list[bytes]: ...

    def play(self, data: bytes) -> None: ...


class MemoryOther:
    def __init__(self, io: MemoryIO) -> None:
        self._io = io
        self.seen: list[Written] = []

    def heard(self, port: str = "") -> list[bytes]:
        self.seen += self._io.written()
        return [written.event.data for written in self.seen if written.event.port == port]

    def play(self, data: bytes) -> None:
        self._io.inject(data)


class JackOther:
    def __init__(self, peer: JackPeer) -> None:
        self._peers = {"": peer}
        self.play = peer.play

    def heard(self, port: str = "") -> list[bytes]:
        if port not in self._peers:
            self._peers[port] = JackPeer(f"peer-{port}")
            self._peers[port].connect(plays=False, output=f"Hocket Out {port}")
        return [data for _, data in self._peers[port].heard]

    def close(self) -> None:
        for port in filter(None, self._peers):
            self._peers[port].close()


def nothing() -> None:
    """For back ends that want to wake somebody."""


def opened(io: MidiIO, *names: str) -> None:
    """Ask for outputs, and wait until they are there; `poll` is the main thread's sign of life."""
    io.set_outputs(names)
    told: list[Plugged] = []

    def all_there() -> bool:
        io.poll()
        told.extend(io.plugs())
        return len(told) >= len(names)

    wait_until(all_there, f"the outputs {names}")
    assert [(plug.direction, plug.port, plug.there) for plug in told] == [("out", name, True) for name in names]
    assert all(plug.name.endswith(f"Hocket Out {plug.port}") for plug in told)
