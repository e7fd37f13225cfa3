"""The server with real packets on this machine's own address."""

import builtins
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from realtime.bundle.spec import ControlSpec, choice
from realtime.engine import commands as ask
from realtime.engine.reports import PartDescribed, RackDescribed
from realtime.errors import PortError, UsageError
from realtime.messages import Panic, SetTempo
from realtime.remote import server as osc
from realtime.remote.funnel import COMMANDS_A_WINDOW, WINDOW_SECONDS
from realtime.remote.packets import MAX_PACKET_BYTES, Packets

pytest.importorskip("pythonosc")
PATIENCE_SECONDS = 10.0
LAST = ask.Forward(Panic())


class Session:
    """A server, a remote control with a socket, and what has been asked for."""

    def __init__(self) -> None:
        self.server = osc.OscServer(0)
        self.asked: list[ask.Command] = []
        self.server.start(self.asked.append)
        self.remote = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.remote.bind(("127.0.0.1", 0))
        self.remote.settimeout(PATIENCE_SECONDS)

    def send(self, *packets: bytes) -> None:
        for packet in packets:
            self.remote.sendto(packet, ("127.0.0.1", self.server.port))

    def ask(self, address: str, *arguments: Any) -> None:
        self.send(Packets().write(address, arguments))

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, (self.asked[-5:], self.server.received, self.server.ignored)
            time.sleep(0.002)

    def end(self) -> None:
        self.remote.close()
        self.server.close()


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.end()


def test_a_packet_becomes_a_command(session: Session) -> None:
    session.ask("/hocket/bass/density", 0.5)
    session.wait(lambda: session.asked == [ask.SetControl("density", 0.5, "bass")])
    session.ask("/hocket/tempo", 97)
    session.wait(lambda: session.asked[1:] == [ask.Forward(SetTempo(97.0))])
    assert (session.server.received, session.server.ignored) == (2, 0)


def test_what_is_broken_is_ignored_and_counted_in_one_line(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    broken = [b"", b"\xff" * 64, b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xfc", bytes(MAX_PACKET_BYTES + 1)]
    broken += [b"/" + b"x" * 60_000]
    session.send(*broken)
    session.ask("/hocket/bass/density", float("nan"))
    session.ask("/hocket/bass/density", float("inf"))
    session.ask("/hocket/sing")
    session.ask("/hocket/panic")
    session.wait(lambda: session.asked == [LAST])
    assert session.server.received == len(broken) + 4
    assert session.server.ignored == len(broken) + 3
    (line, *_) = caplog.messages
    assert "OSC, ignored (1 so far): a packet of 0 bytes is not OSC" in line
    assert len(caplog.messages) < session.server.ignored  # one a second


def test_a_flood_ends_in_the_newest_value_and_few_commands(session: Session) -> None:
    """Ten thousand messages as fast as they go, to four controls."""
    packets = [Packets().write(f"/hocket/bass/control{number % 4}", [number / 10_000]) for number in range(10_000)]
    begun = time.monotonic()
    for start in range(0, len(packets), 100):
        session.send(*packets[start : start + 100])
        session.wait(lambda sent=start + 100: session.server.received >= sent)  # type: ignore[misc]  # none is lost
    session.ask("/hocket/halt")
    session.wait(lambda: session.asked[-1:] == [ask.Halt()])
    windows = (time.monotonic() - begun) / WINDOW_SECONDS + 1
    newest = {command.name: command.value for command in session.asked[:-1]}  # type: ignore[union-attr]
    assert newest == {f"control{n}": pytest.approx((9996 + n) / 10_000, abs=1e-6) for n in range(4)}
    assert len(session.asked) <= min(4, COMMANDS_A_WINDOW) * windows + 1
    assert session.server.dropped == session.server.ignored == 0


def test_a_slow_engine_does_not_stop_the_server_from_reading(session: Session) -> None:
    """Nor does anything in the engine wait for the server: it only gets calls."""
    held = threading.Event()
    session.server._command = lambda command: (session.asked.append(command), held.wait(PATIENCE_SECONDS))
    session.ask("/hocket/go")
    session.wait(lambda: session.asked == [ask.HandOver()])
    for number in range(50):
        session.ask("/hocket/bass/density", number / 100)
    held.set()
    session.wait(lambda: session.asked[-1] == ask.SetControl("density", pytest.approx(0.49), "bass"))
    assert session.server.received == 51


DENSITY = ControlSpec(name="density", low=-3, high=3, default=0, unit="sd")
SCALE = choice("post.scale", ("major", "dorian"))
RACK = RackDescribed((PartDescribed("bass", "morph", (("density", DENSITY, 0.5), ("post.scale", SCALE, 1.0))),))
DESCRIBED = [
    ("/hocket/parts", ["bass"]),
    ("/hocket/part", ["bass", "morph", "works"]),
    ("/hocket/bass/density", [0.5, -3.0, 3.0, 0.0, "sd"]),
    ("/hocket/bass/post/scale", ["dorian", 0.0, 1.0, 0.0, "", "major", "dorian"]),
    ("/hocket/end", [2]),
]


def heard(remote: socket.socket) -> list[Any]:
    packets = (remote.recv(MAX_PACKET_BYTES) for _ in DESCRIBED)
    return [message for packet in packets for message in Packets().read(packet)]


def test_a_query_is_answered_with_the_rack(session: Session) -> None:
    session.ask("/hocket/query")
    session.wait(lambda: session.asked == [ask.DescribeRack()])
    session.server.observe(RACK)
    assert heard(session.remote) == DESCRIBED


def test_a_query_may_name_another_port_of_this_machine(session: Session) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.settimeout(PATIENCE_SECONDS)
        session.ask("/hocket/query", other.getsockname()[1])
        session.wait(lambda: session.asked == [ask.DescribeRack()])
        session.server.observe(RACK)
        assert heard(other) == DESCRIBED


def test_another_machine_gets_no_answer(session: Session) -> None:
    session.server._remember(("192.0.2.1", 9000))
    assert session.server.ignored == 1
    assert session.asked == []


def test_without_a_port_there_is_no_server() -> None:
    with osc.open_remote(None) as server:
        assert server is None


def test_it_listens_to_this_machine_unless_told_otherwise(session: Session) -> None:
    assert session.server.address == "127.0.0.1"
    assert osc.is_loopback("127.0.0.1")
    assert osc.is_loopback("::1")
    assert not osc.is_loopback("0.0.0.0")
    assert not osc.is_loopback("192.0.2.1")
    with pytest.raises(UsageError, match="an IP address such as 127"):
        osc.is_loopback("everywhere")


def test_a_port_that_is_taken_is_a_port_error(session: Session) -> None:
    with pytest.raises(PortError, match=rf"127\.0\.0\.1, port {session.server.port} \(.*in use\); choose another"):
        osc.OscServer(session.server.port)


def test_without_python_osc_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("pythonosc"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'hocket\[osc\]'"):
        osc.OscServer(0)


IMPORTS = """
import sys
sys.modules["pythonosc"] = None
import realtime.remote.server, realtime.remote.replies, realtime.remote.packets, realtime.cli.performance
print("done")
"""


def test_all_modules_import_without_python_osc() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "done", done.stderr
