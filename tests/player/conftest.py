"""Real player processes, and ports with somebody at the other end."""

from collections.abc import Iterator

import pytest

from realtime.player.backends.memory import MemoryIO
from realtime.player.opening import open_io
from realtime.player.ports import MidiIO, PortConfig
from tests.jack_server import JackServer
from tests.player.io_pair import JACK_BACKENDS, JackOther, MemoryOther, Other, nothing
from tests.player.jack_peer import JackPeer
from tests.player.player_process import PlayerProcess


@pytest.fixture
def player() -> Iterator[PlayerProcess]:
    with PlayerProcess("--backend", "memory", "--trace") as process:
        process.wait_ready()
        yield process


@pytest.fixture
def jack_player(jack_server: JackServer) -> Iterator[tuple[PlayerProcess, JackPeer]]:
    with PlayerProcess("--backend", "jack", "--trace") as player:
        player.wait_ready()
        peer = JackPeer()
        peer.connect()
        yield player, peer
        peer.close()


@pytest.fixture
def jack_peer(request: pytest.FixtureRequest) -> Iterator[JackPeer]:
    request.getfixturevalue("jack_server")
    peer = JackPeer()
    yield peer
    peer.close()


@pytest.fixture(params=["memory", *JACK_BACKENDS])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[MidiIO, Other]]:
    if request.param == "memory":
        memory = MemoryIO(PortConfig())
        yield memory, MemoryOther(memory)
        return
    peer: JackPeer = request.getfixturevalue("jack_peer")
    io, _ = open_io(PortConfig(backend=request.param), nothing)
    peer.connect()
    other = JackOther(peer)
    yield io, other
    io.close()
    other.close()
