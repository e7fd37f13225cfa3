"""Ableton Link: the source on a stand-in; two real peers in a network of their own; a player in a session."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec

import pytest

from realtime.messages import SetTempo, StartTransport, StopTransport
from realtime.player.clock import PlayerClock
from realtime.player.sync.conductor import Conductor, Step
from realtime.player.sync.options import SyncOptions
from tests.player.fakes import FakeTime

MS = 1_000_000


@dataclass
class FakeSession:
    """What a Link peer shows, in simulated time: its micros are half a second behind ours."""

    time: FakeTime
    bpm: float = 100.0
    beat: float = 0.0  # at `since_us`
    since_us: int = 0
    playing: bool = False
    enabled: bool = False
    startStopSyncEnabled: bool = False
    others: int = 2
    asked: list[tuple[str, float]] = field(default_factory=list)

    def clock(self) -> "FakeSession":
        return self

    def micros(self) -> int:
        return self.time.ns // 1000 - 500_000

    def captureAppSessionState(self) -> "FakeSession":  # noqa: N802
        return self

    def commitAppSessionState(self, _state: object) -> None:  # noqa: N802
        pass

    def numPeers(self) -> int:  # noqa: N802
        return self.others

    def tempo(self) -> float:
        return self.bpm

    def isPlaying(self) -> bool:  # noqa: N802
        return self.playing

    def beatAtTime(self, micros: int, _quantum: float) -> float:  # noqa: N802
        return self.beat + (micros - self.since_us) * self.bpm / 60e6

    def setTempo(self, bpm: float, micros: int) -> None:  # noqa: N802
        self.beat, self.since_us, self.bpm = self.beatAtTime(micros, 4), micros, bpm

    def setIsPlaying(self, playing: bool, _micros: int) -> None:  # noqa: N802
        self.playing = playing

    def setIsPlayingAndRequestBeatAtTime(self, playing: bool, micros: int, beat: float, _q: float) -> None:  # noqa: N802
        self.playing, self.beat, self.since_us = playing, beat, micros

    def requestBeatAtStartPlayingTime(self, beat: float, quantum: float) -> None:  # noqa: N802
        self.asked.append(("beat", beat))
        self.asked.append(("quantum", quantum))


class LinkRig:
    def __init__(self, *, start_stop: bool = False) -> None:
        self.time = FakeTime(1_000 * MS)
        self.session = FakeSession(self.time, beat=40.25, since_us=500_000)
        self.clock = PlayerClock(120.0, self.time)
        options = SyncOptions(source="link", start_stop=start_stop)
        self.conductor = Conductor(self.clock, options, join=lambda bpm: self.session)
        self.steps: list[Step] = [self.conductor.attach(None)]

    def run_ms(self, ms: int) -> None:
        for _ in range(ms // 5):
            self.time.pass_ms(5)
            self.steps.append(self.conductor.step())


def test_ticks_are_the_sessions_beats() -> None:
    rig = LinkRig()
    rig.run_ms(600)
    assert rig.clock.tick() == pytest.approx(41.25 * 480, abs=1)
    assert rig.clock.anchor.bpm == pytest.approx(100.0)
    rig.session.setTempo(150.0, rig.session.micros())
    rig.run_ms(4000)
    assert rig.clock.tick() == pytest.approx(51.25 * 480, abs=1)
    assert rig.conductor.playing


def test_who_comes_and_goes_is_told() -> None:
    rig = LinkRig()
    rig.session.others = 3
    rig.run_ms(10)
    assert [step.transport.peers for step in rig.steps if step.transport][-2:] == [2, 3]


def test_our_tempo_is_the_sessions() -> None:
    rig = LinkRig()
    rig.conductor.direct(SetTempo(90.0))
    assert rig.session.bpm == 90.0


def test_a_session_that_is_joined_elsewhere_is_a_relocation() -> None:
    rig = LinkRig()
    rig.run_ms(100)
    rig.session.beat += 100
    rig.run_ms(10)
    assert sum(step.clear for step in rig.steps) == 2  # at the first look, and here
    assert rig.clock.tick() == pytest.approx(rig.session.beatAtTime(rig.session.micros(), 4) * 480, abs=1)


def test_start_and_stop_are_shared_where_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    rig = LinkRig(start_stop=True)
    rig.run_ms(100)
    assert not rig.conductor.playing
    rig.conductor.direct(StartTransport())
    assert rig.session.playing
    assert rig.session.asked == [("beat", 0.0), ("quantum", 4.0)]
    rig.run_ms(600)
    assert rig.clock.tick() == pytest.approx(480, abs=10)
    rig.conductor.direct(StopTransport())
    assert not rig.conductor.playing
    LinkRig().conductor.direct(StopTransport())
    assert "--start-stop" in capsys.readouterr().err


def test_leaving_is_said_to_the_session() -> None:
    rig = LinkRig()
    rig.session.enabled = True
    rig.conductor.close()
    assert not rig.session.enabled


# --- the real library, in a network namespace with nothing but loopback ---------------------------------

LONELY = "ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo && exec "


def lonely(*command: str) -> "subprocess.CompletedProcess[str]":
    """Run in a network of its own: Link multicasts, and must meet nobody else."""
    if find_spec("link") is None:
        pytest.skip("the Ableton Link library is not installed (hocket[link])")
    if not (shutil.which("unshare") and shutil.which("ip") and os.geteuid() == 0):
        pytest.skip("no network namespaces here (root, unshare and ip)")
    words = ["unshare", "-n", "sh", "-c", LONELY + '"$@"', "sh", *command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if "unshare failed" in done.stderr:
        pytest.skip("no network namespaces here")
    return done


@pytest.mark.processes
def test_two_peers_share_tempo_phase_start_and_stop() -> None:
    done = lonely(sys.executable, "-m", "tests.player.sync.link_session")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["peers"] == [1, 1]
    assert seen["bpm"] == pytest.approx([97.0, 97.0], rel=2e-4)  # joining never changes the session's tempo
    assert seen["bpm_after_change"] == pytest.approx([140.0, 140.0], rel=2e-4)  # as near as the clock steers
    assert seen["phase_off_ms"] <= 1.5
    assert seen["playing"] == [[False, False], [True, True], [False, False]]
    assert seen["bar_line_off_ms"] <= 1.5  # beat 0 of both is one moment
