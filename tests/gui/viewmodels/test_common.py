"""Values for all parts at once, and the phrase of the first time."""

import itertools
import time

import pytest

from gui.models import Models
from realtime.engine.commands import Forward, SetControl
from realtime.engine.reports import PartState, RackChanged
from realtime.messages import Clock, Inject, Played, Transport
from tests.gui.fakes import FakeHost

KEY = "post.key"
PLAYS = Transport(playing=True, tick=0, source="internal")


def state(part: str, key: float) -> PartState:
    values = {KEY: key, "post.scale": 0.0, "post.scale_lock": 0.0, "launch": 2.0}
    return PartState(part=part, values=values, playing=False, silent=False)


@pytest.fixture
def rack(models: Models, host: FakeHost) -> Models:
    host.tell(RackChanged(("a", "b")), state("a", 0), state("b", 3))
    return models


def asked(host: FakeHost) -> list[SetControl]:
    return [command for command in host.asked if isinstance(command, SetControl)]


def test_a_key_goes_to_every_part(rack: Models, host: FakeHost) -> None:
    assert rack.common.value(KEY) == 0
    assert not rack.common.agrees(KEY)
    rack.common.set(KEY, 7.0)
    assert asked(host) == [SetControl(KEY, 7.0, "a"), SetControl(KEY, 7.0, "b")]


def test_one_undo_gives_each_part_its_own_back(rack: Models, host: FakeHost) -> None:
    rack.common.set(KEY, 7.0)
    host.tell(state("a", 7), state("b", 7))
    host.asked.clear()
    rack.undo.undo()
    assert asked(host) == [SetControl(KEY, 0.0, "a"), SetControl(KEY, 3.0, "b")]


def test_what_all_have_already_is_not_asked_for(rack: Models, host: FakeHost) -> None:
    host.tell(state("b", 0))
    rack.common.set(KEY, 0.0)
    assert asked(host) == []
    assert rack.undo.steps == 0


def test_a_part_that_is_gone_is_not_asked(rack: Models, host: FakeHost) -> None:
    host.tell(RackChanged(("b",)))
    rack.common.set(KEY, 7.0)
    assert asked(host) == [SetControl(KEY, 7.0, "b")]


def notes(host: FakeHost) -> list[Inject]:
    return [c.message for c in host.asked if isinstance(c, Forward) and isinstance(c.message, Inject)]


def test_the_first_press_of_play_plays_two_bars_on_time(models: Models, host: FakeHost) -> None:
    assert models.first.phrase is not None
    host.tell(Clock(0, time.monotonic_ns(), 120.0), PLAYS)
    played = notes(host)
    ons = [note for note in played if note.data[0] == 0x90]
    assert [note.data[1] for note in ons] == [64, 64, 65, 67, 67, 65, 64, 62]
    gaps = {round((later.time_ns - earlier.time_ns) / 1e6) for earlier, later in itertools.pairwise(ons)}
    assert gaps == {500}
    assert ons[0].time_ns > time.monotonic_ns()
    assert len(played) == 16, "every note ends"


def test_it_is_played_once_in_the_life_of_the_settings(models: Models, host: FakeHost) -> None:
    host.tell(Clock(0, time.monotonic_ns(), 120.0), PLAYS, Transport(playing=False, tick=0, source="internal"))
    host.asked.clear()
    host.tell(PLAYS)
    assert notes(host) == []
    assert models.settings.now.greeted


def test_who_plays_first_is_not_interrupted(models: Models, host: FakeHost) -> None:
    host.tell(Played(0, 0, b"\x90\x3c\x40"), Clock(0, time.monotonic_ns(), 120.0), PLAYS)
    assert notes(host) == []
    assert models.first.phrase is None
