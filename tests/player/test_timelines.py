"""What plays aside goes on while the song stands."""

import pytest

from realtime.messages import ASIDE, Chunk, ChunkNote, Counters, Cut, Panic, StopTransport
from tests.player.fakes import Rig

TAKE = f"{ASIDE}1"


def chunk(rig: Rig, part: str, pitch: int, generation: int = 1) -> Chunk:
    start = rig.clock.tick() + 10
    return Chunk(part, generation, 2, start, (ChunkNote(start, pitch, 480, 90),))


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.core.handle(StopTransport())
    return rig


def test_a_take_sounds_while_the_transport_stands_and_a_part_does_not(rig: Rig) -> None:
    rig.core.handle(chunk(rig, TAKE, 60))
    rig.core.handle(chunk(rig, "bass", 48))
    rig.run_ms(700)
    assert rig.io.data == [bytes((0x92, 60, 90)), bytes((0x82, 60, 64))]


def test_a_take_sounds_beside_the_song_and_neither_cuts_the_other() -> None:
    rig = Rig()
    rig.core.handle(chunk(rig, "bass", 48))
    rig.core.handle(chunk(rig, TAKE, 60))
    rig.run_ms(50)
    rig.core.handle(Cut(TAKE, 2))
    rig.run_ms(1)
    assert [data[:2] for data in rig.io.data] == [b"\x92\x30", b"\x92\x3c", b"\x82\x3c"]
    rig.core.handle(chunk(rig, TAKE, 62))  # of a generation that has been cut
    rig.run_ms(700)
    assert [data[:2] for data in rig.io.data[3:]] == [b"\x82\x30"]
    rig.run_ms(500)
    assert rig.of(Counters)[-1].refused_notes == 1


def test_panic_and_the_end_release_both(rig: Rig) -> None:
    rig.core.handle(chunk(rig, TAKE, 60))
    rig.run_ms(50)
    rig.core.handle(Panic())
    assert bytes((0x82, 60, 64)) in rig.io.data
    rig.core.handle(chunk(rig, TAKE, 61))
    rig.run_ms(50)
    rig.core.shutdown()
    assert bytes((0x82, 61, 64)) in rig.io.data
