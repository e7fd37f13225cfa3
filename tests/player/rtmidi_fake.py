"""RtMidi's clients on a system of the test's own: devices that come and go, are in use, or fail."""

from dataclasses import dataclass, field

import rtmidi


@dataclass
class FakeSystem:
    """What devices there are, by direction, and what has been opened on them."""

    names: dict[str, list[str]] = field(default_factory=lambda: {"in": [], "out": []})
    busy: set[str] = field(default_factory=set)
    is_gone: bool = False
    clients: list["FakeClient"] = field(default_factory=list)

    def kinds(self) -> dict[str, type["FakeClient"]]:
        """To stand for `rtmidi.MidiIn` and `rtmidi.MidiOut`."""
        return {
            direction: type("Client", (FakeClient,), {"system": self, "direction": direction})
            for direction in ("in", "out")
        }

    def opened(self) -> dict[str, "FakeClient"]:
        """Clients by the port that they have open."""
        return {client.port: client for client in self.clients if client.port and not client.is_deleted}


class FakeClient:
    """A `MidiIn` or `MidiOut`. It fails a test that uses it after `delete`, where RtMidi would crash."""

    system: FakeSystem
    direction: str

    def __init__(self, api: int, name: str) -> None:
        if self.system.is_gone:
            raise rtmidi.SystemError("no sequencer")
        self.port, self.is_deleted, self.fails = "", False, False
        self.sent: list[bytes] = []
        self.arriving: list[bytes] = []
        self.system.clients.append(self)

    def get_ports(self) -> list[str]:
        assert not self.is_deleted
        if self.system.is_gone:
            raise rtmidi.SystemError("the sequencer is gone")
        return list(self.system.names[self.direction])

    def open_port(self, place: int, name: str) -> None:
        port = self.system.names[self.direction][place]
        if port in self.system.busy:
            raise rtmidi.SystemError("busy")
        self.port = port

    def open_virtual_port(self, name: str) -> None:
        self.port = name

    def ignore_types(self, **_: bool) -> None:
        assert not self.is_deleted

    def send_message(self, data: bytes) -> None:
        assert not self.is_deleted
        if self.fails:
            raise rtmidi.SystemError("unplugged")
        self.sent.append(data)

    def get_message(self) -> tuple[list[int], float] | None:
        assert not self.is_deleted
        return (list(self.arriving.pop(0)), 0.0) if self.arriving else None

    def close_port(self) -> None:
        assert not self.is_deleted

    def get_current_api(self) -> int:
        return int(rtmidi.API_LINUX_ALSA)

    def delete(self) -> None:
        assert not self.is_deleted
        self.is_deleted = True
