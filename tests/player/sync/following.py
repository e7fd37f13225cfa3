"""A real player that follows another process's MIDI clock through JACK, and how far its notes are from that beat."""

import subprocess
import sys
from dataclasses import dataclass

from realtime.messages import Chunk, ChunkNote, Clock, Counters, Transport
from realtime.music.units import PPQ
from tests.player.jack_peer import JackPeer, wait_until
from tests.player.player_process import PlayerProcess

STEP_TICKS = PPQ // 4
BATCH = 512  # notes a chunk
LOWEST = 60


@dataclass(frozen=True)
class Followed:
    """What was heard of the sixteenths: each one's number, and how much later in ms than the leader's beat it came."""

    off_ms: dict[int, float]
    expected: int
    counters: Counters
    transports: list[Transport]
    anchors: int


def follow(*, bpm: float, jitter_ms: float, seconds: float, seed: int = 1) -> Followed:
    """Lead a player with a jittered clock for some seconds; a JACK server must be running."""
    peer = JackPeer("tape")
    with PlayerProcess("--backend", "jack", "--sync", "clock") as player:
        player.wait_ready()
        peer.connect(plays=False)
        count = round(seconds * bpm / 60) * 4
        for first in range(0, count, BATCH):
            notes = tuple(
                ChunkNote(n * STEP_TICKS, 60 + n % 12, 60, 80) for n in range(first, min(count, first + BATCH))
            )
            player.send(Chunk(f"steps {first}", 1, 0, notes[0].start_tick, notes, epoch=1))
        words = [str(word) for word in (bpm, jitter_ms, seconds, seed)]
        command = [sys.executable, "-m", "tests.player.sync.clock_process", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as leader:
            assert leader.stdout is not None
            begin_ns = int(leader.stdout.readline().split()[1])
            assert leader.wait(seconds + 30) == 0
        wait_until(lambda: not player.of(Transport)[-1].playing, "the stop")
        player.process.terminate()
        player.end()
        off_ms = dict(_off(time_ns - begin_ns, data, 15e9 / bpm) for time_ns, data in peer.heard if data[0] == 0x90)
        followed = Followed(
            off_ms=off_ms,
            expected=count,
            counters=player.of(Counters)[-1],
            transports=player.of(Transport),
            anchors=len(player.of(Clock)),
        )
    peer.close()
    return followed


def _off(after_ns: int, data: bytes, step_ns: float) -> tuple[int, float]:
    """Which sixteenth a note is (its pitch says so, but for octaves), and how late in ms."""
    place = data[1] - LOWEST
    octave = round((after_ns / step_ns - place) / 12)
    step = 12 * octave + place
    return step, (after_ns - step * step_ns) / 1e6
