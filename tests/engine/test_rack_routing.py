"""Outputs, sounds and thru of a running rack, with a real player process on the memory back end."""

import os
import signal
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from realtime.bundle import load_bundle
from realtime.engine import commands as ask
from realtime.engine.engine import Engine
from realtime.engine.options import EngineOptions, PartStart
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import RackChanged, Refused
from realtime.engine.routing import Thru
from realtime.engine.setup import PartSetup
from realtime.errors import UsageError
from realtime.generators.latent import MorphGenerator
from realtime.messages import Counters, Plugged, Sent
from tests.engine.rig import Performance

pytestmark = pytest.mark.processes


def part(folder: Path, name: str, port: str = "") -> PartStart:
    setup = PartSetup(model=str(folder), name=name, seed=3, channel=1, port=port, program=5)
    return PartStart(setup, MorphGenerator(load_bundle(folder)))


@pytest.fixture
def duo(toy_morph: Path) -> Iterator[Performance]:
    performance = Performance([part(toy_morph, "lead"), part(toy_morph, "low", "bass")])
    yield performance
    performance.end()


def ports_of(duo: Performance, name: str) -> set[str]:
    return {sent.port for sent in duo.ons(name)}


def test_each_part_plays_on_its_output_also_on_another_player(duo: Performance) -> None:
    for count in (1, 2):
        assert duo.wait(Plugged, count)[-1] == Plugged("Hocket Out bass", "out", "bass", there=True)
        before = len(duo.of(Sent))
        duo.wait(Sent, len([sent for sent in duo.of(Sent) if sent.part == "low"]) + 4, lambda sent: sent.part == "low")
        duo.wait(Sent, 4, lambda sent: sent.part == "lead")
        assert len(duo.of(Sent)) > before
        assert (ports_of(duo, "lead"), ports_of(duo, "low")) == ({""}, {"bass"})
        if count == 1:
            os.kill(duo.engine.player_pid, signal.SIGKILL)
    assert all(counters.lost_output == 0 for counters in duo.of(Counters))


def test_an_output_goes_with_its_part_and_comes_with_another(duo: Performance, toy_morph: Path) -> None:
    duo.wait(Plugged, 1)
    duo.ask(ask.RemovePart("low"))
    duo.wait(RackChanged, 2)
    duo.ask(ask.AddPart(PartSetup(model=str(toy_morph), name="again", port="bass")))
    assert [plugged.port for plugged in duo.wait(Plugged, 2)] == ["bass", "bass"]


def moved(duo: Performance, name: str, port: str) -> None:
    """Let a part go to another output, and play there for a while."""
    there = [sent for sent in duo.ons(name) if sent.port == port]
    duo.ask(ask.SetPort(port, name))
    duo.wait(Sent, 2 * len(there) + 10, lambda sent: (sent.part, sent.port) == (name, port))


def test_a_part_moves_to_another_output_while_it_plays(duo: Performance) -> None:
    duo.wait(Plugged, 1)
    duo.wait(Sent, 10, lambda sent: sent.part == "lead")
    moved(duo, "lead", "solo")
    assert duo.of(Plugged)[-1] == Plugged("Hocket Out solo", "out", "solo", there=True)
    moved(duo, "lead", "bass")  # another part's
    moved(duo, "lead", "")
    duo.ask(ask.RemovePart("lead"), ask.RemovePart("low"))
    duo.wait(RackChanged, 3)
    duo.wait_for_silence()
    visits = [list(sent) for _, sent in groupby((s for s in duo.of(Sent) if s.part == "lead"), lambda sent: sent.port)]
    assert [sent[0].port for sent in visits] == ["", "solo", "bass", ""]  # what sounds ends before it goes on elsewhere
    for sent in visits:
        ons = sum(each.data[0] & 0xF0 == 0x90 for each in sent)
        assert ons >= 4
        assert 2 * ons == len(sent)  # all that began on an output ended there
    assert all(counters.lost_output == 0 for counters in duo.of(Counters))


def test_a_port_with_a_name_that_cannot_be_is_refused(duo: Performance) -> None:
    with pytest.raises(UsageError, match="at most 32 characters without ':', got 'a:b'"):
        ask.SetPort("a:b", "lead")
    duo.ask(ask.SetPort("solo", "nobody"))
    assert duo.wait(Refused)[0].text == "no part 'nobody' (there are lead, low)"


def test_thru_to_a_part_that_there_is_not_is_refused(duo: Performance, toy_morph: Path) -> None:
    duo.ask(ask.SetThruTo("all", "nobody"))
    assert duo.wait(Refused)[0].text == "no part 'nobody' (there are lead, low)"
    options = EngineOptions(player=PlayerOptions(backend="memory", thru=Thru(mode="all", part="nobody")))
    with pytest.raises(UsageError, match="no part 'nobody'"):
        Engine([part(toy_morph, "lead")], options)
