"""Real processes on a real JACK server: MIDI clock from another program, and JACK's own transport."""

from typing import Any

import jack
import pytest

from realtime.messages import Chunk, ChunkNote, Clock, StartTransport, Transport
from realtime.player.backends.jack_transport import BBT
from tests.jack_server import JackServer
from tests.player.jack_peer import JackPeer, wait_until
from tests.player.player_process import PlayerProcess
from tests.player.sync.following import follow
from tests.player.sync.master import percentile

pytestmark = [pytest.mark.jack, pytest.mark.processes]
STEPS_OF_FOUR_BEATS = 16


def test_notes_follow_another_programs_clock(jack_server: JackServer) -> None:
    followed = follow(bpm=140.0, jitter_ms=5.0, seconds=6.0)
    assert len(followed.off_ms) == followed.expected == 56
    settled = [abs(off) for step, off in followed.off_ms.items() if step >= STEPS_OF_FOUR_BEATS]
    assert percentile(settled, 0.5) <= 2.0
    assert max(settled) <= 6.0  # of a machine that does other work too
    assert followed.counters.pulses_in == 14 * 24
    assert followed.counters.ons == followed.counters.offs == followed.expected
    assert not followed.transports[0].playing
    assert followed.transports[-1].tick == 14 * 480


def test_jack_transport_starts_stops_and_moves_the_music(jack_server: JackServer) -> None:
    other = jack.Client("conductor", no_start_server=True)
    other.activate()
    other.transport_stop()
    other.transport_frame = 0
    peer = JackPeer("tape")
    try:
        with PlayerProcess("--backend", "jack", "--sync", "jack", "--bpm", "120") as player:
            player.wait_ready()
            player.wait(
                lambda: bool(player.of(Transport)) and player.of(Transport)[-1].locked, "a look at the transport"
            )
            peer.connect(plays=False)
            player.send(Chunk("a", 1, 0, 480, (ChunkNote(480, 60, 4800, 90),), epoch=player.of(Transport)[-1].epoch))
            other.transport_start()
            player.wait(lambda: player.of(Transport)[-1].playing, "the start")
            wait_until(lambda: bool(peer.heard), "the note at beat 2")
            frame_ns = _frame_0_ns(player)
            assert abs(peer.heard[0][0] - frame_ns - 500_000_000) < 5_000_000
            other.transport_frame = 48_000 * 60
            wait_until(lambda: len(peer.heard) == 2, "its release")
            wait_until(lambda: player.tick() >= 57_600, "the new place")
            other.transport_stop()
            player.wait(lambda: not player.of(Transport)[-1].playing, "the stop")
            player.send(StartTransport())  # ours is everybody's
            player.wait(lambda: player.of(Transport)[-1].playing, "the start from here")
            wait_until(lambda: other.transport_state == jack.ROLLING, "JACK's transport")
    finally:
        other.transport_stop()
        other.close()
        peer.close()


def test_a_timebase_master_sets_tempo_and_bars(jack_server: JackServer) -> None:
    master = jack.Client("master", no_start_server=True)

    @master.set_timebase_callback
    def at_90_a_minute(_state: int, _frames: int, position: Any, _is_new: bool) -> None:
        beats = position.frame / position.frame_rate * 90 / 60
        position.valid = BBT
        position.bar, position.beat = int(beats // 4) + 1, int(beats % 4) + 1
        position.tick = int(beats % 1 * 1920)
        position.beats_per_bar, position.beat_type, position.ticks_per_beat = 4.0, 4.0, 1920.0
        position.beats_per_minute = 90.0

    master.activate()
    master.transport_stop()
    master.transport_frame = 48_000 * 8  # bar 4 begins
    try:
        with PlayerProcess("--backend", "jack", "--sync", "jack", "--bpm", "120") as player:
            player.wait_ready()
            player.wait(lambda: player.of(Transport)[-1].tick == 3 * 1920, "bar 4")
            master.transport_start()
            player.wait(lambda: player.of(Clock)[-1].bpm == 90.0 and player.of(Transport)[-1].playing, "its tempo")
            wait_until(lambda: player.tick() >= 3 * 1920 + 480, "a beat")
            frames = master.transport_frame
            assert abs(player.tick() - frames / 48_000 * 720) < 40  # two calls to JACK apart
    finally:
        master.transport_stop()
        master.close()


def _frame_0_ns(player: PlayerProcess) -> int:
    """When tick 0 was, by the anchor that was told last."""
    return player.of(Clock)[-1].anchor().time_of(0)
