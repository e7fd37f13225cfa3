"""Real player processes."""

from collections.abc import Iterator

import pytest

from tests.jack_server import JackServer
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
