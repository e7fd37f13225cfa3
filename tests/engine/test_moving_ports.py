"""A part that moves to an output of its own on a real JACK server: nothing hangs, and nothing is lost on the way."""

from itertools import groupby
from pathlib import Path

import pytest

from realtime.bundle import load_bundle
from realtime.engine import commands as ask
from realtime.engine.options import PartStart
from realtime.engine.setup import PartSetup
from realtime.generators.latent import MorphGenerator
from realtime.messages import Counters, Plugged, Sent
from realtime.player.midi_bytes import is_note_off, is_note_on
from tests.engine.rig import Performance
from tests.player.jack_peer import JackPeer, wait_until

pytestmark = [pytest.mark.jack, pytest.mark.processes]


def balance(peer: JackPeer) -> dict[int, int]:
    """Note-ons less note-offs by pitch, where they are not equal. An off without its on is older than the cable."""
    sounding: dict[int, int] = {}
    for _, data in list(peer.heard):
        if is_note_on(data):
            sounding[data[1]] = sounding.get(data[1], 0) + 1
        elif is_note_off(data) and sounding.get(data[1]):
            sounding[data[1]] -= 1
    return {pitch: count for pitch, count in sounding.items() if count}


def ons(peer: JackPeer) -> int:
    return sum(is_note_on(data) for _, data in list(peer.heard))


@pytest.mark.usefixtures("jack_server")
def test_it_goes_on_there_and_back_here(toy_morph: Path) -> None:
    start = PartStart(PartSetup(model=str(toy_morph), name="lead", seed=3), MorphGenerator(load_bundle(toy_morph)))
    common, own = JackPeer("common"), JackPeer("own")
    performance = Performance([start], backend="jack")
    try:
        common.connect(plays=False)
        wait_until(lambda: ons(common) >= 4, "the music")
        performance.ask(ask.SetPort("solo", "lead"))
        performance.wait(Plugged, 1, lambda plugged: plugged.port == "solo" and plugged.there)
        own.connect(plays=False, output="Hocket Out solo")
        wait_until(lambda: ons(own) >= 4, "the music on the other output")
        assert balance(common) == {}
        before = ons(common)
        performance.ask(ask.SetPort("", "lead"))
        wait_until(lambda: ons(common) >= before + 4, "the music back where it was")
        assert balance(own) == {}
        performance.ask(ask.Halt("lead"))
        wait_until(lambda: performance.hung() == {}, "the end of all notes")
    finally:
        performance.end()
    wait_until(lambda: balance(common) == {}, "the last note-off")
    visits = [port for port, _ in groupby(sent.port for sent in performance.of(Sent))]
    assert visits == ["", "solo", ""]
    assert all(counters.lost_output == 0 for counters in performance.of(Counters))
    common.close()
    own.close()
