"""Several parts at once, with a real player process on the memory back end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.bundle import load_bundle
from realtime.engine import commands as ask
from realtime.engine.options import PartStart
from realtime.engine.reports import PartLaunched, RackChanged, Refused, TurnStarted
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.generators.continuation import ContinueGenerator
from realtime.generators.latent import MorphGenerator
from realtime.messages import Counters, Panic, Sent, Silenced
from tests.engine.rig import Performance

pytestmark = pytest.mark.processes
BAR = 1920


def morph_part(folder: Path, name: str = "morph", **setup: object) -> PartStart:
    return PartStart(PartSetup(model=str(folder), name=name, seed=3, **setup), MorphGenerator(load_bundle(folder)))


def continue_part(folder: Path, name: str = "continue", **setup: object) -> PartStart:
    return PartStart(PartSetup(model=str(folder), name=name, seed=1, **setup), ContinueGenerator(load_bundle(folder)))


@pytest.fixture
def duo(toy_bundle: Path, toy_morph: Path) -> Iterator[Performance]:
    performance = Performance(
        [continue_part(toy_bundle), morph_part(toy_morph)],
        rules=TurnRules(end="key", grid="bar", length="endless"),
    )
    yield performance
    performance.ask(ask.Forward(Panic()))
    performance.wait(Silenced)
    performance.end()
    assert performance.hung() == {}


def first_channel(events: list[Sent]) -> int:
    return events[0].data[0] & 0x0F


def test_a_loop_plays_beside_an_answer_on_bar_lines_of_its_own_making(duo: Performance) -> None:
    (launched,) = duo.wait(PartLaunched)
    duo.wait(Sent, 8, lambda sent: sent.part == "morph")
    duo.play(60, 62, 64)
    duo.ask(ask.HandOver())
    (turn,) = duo.wait(TurnStarted)
    assert (turn.start_tick - launched.start_tick) % BAR == 0
    duo.wait(Sent, 4, lambda sent: sent.part == "continue")
    assert {first_channel(duo.ons("continue")), first_channel(duo.ons("morph"))} == {0, 1}


def test_a_slider_changes_the_loop_and_not_its_place(duo: Performance) -> None:
    duo.wait(Sent, 8, lambda sent: sent.part == "morph")
    (launched,) = duo.of(PartLaunched)
    generations = {sent.generation for sent in duo.ons("morph")}
    for value in (3.0, -3.0, 2.0):
        duo.ask(ask.SetControl("register", value, "morph"))
    duo.wait(Sent, 6, lambda sent: sent.part == "morph" and sent.generation not in generations)
    assert len(duo.of(PartLaunched)) == 1
    assert launched.part == "morph"


def test_mute_releases_solo_silences_the_others_and_time_goes_on(duo: Performance) -> None:
    duo.wait(Sent, 4, lambda sent: sent.part == "morph")
    duo.ask(ask.SetControl("mute", "on", "morph"), ask.HandOver())
    duo.wait(TurnStarted)
    duo.wait(Sent, 6, lambda sent: sent.part == "continue")
    muted = len(duo.ons("morph"))
    duo.wait(Sent, 12, lambda sent: sent.part == "continue")
    assert len(duo.ons("morph")) == muted
    duo.ask(ask.SetControl("mute", "off", "morph"), ask.SetControl("solo", "on", "morph"))
    duo.wait(Sent, 2 * muted + 8, lambda sent: sent.part == "morph")
    answered = len(duo.ons("continue"))
    duo.wait(Sent, 2 * muted + 16, lambda sent: sent.part == "morph")
    assert len(duo.ons("continue")) == answered


def test_what_cannot_be_done_is_refused_and_the_music_goes_on(duo: Performance) -> None:
    duo.ask(
        ask.SetControl("wobble", 1.0),
        ask.SetControl("density", 99.0, "morph"),
        ask.Launch("trombone"),
        ask.RecallSnapshot(3, "morph"),
        ask.RecallSnapshot(9, "morph"),
        ask.Take("morph"),
        ask.HandOver("morph"),
        ask.AddPart(PartSetup(model="no-such-model")),
    )
    texts = [refused.text for refused in duo.wait(Refused, 8)]
    for wanted in ("wobble", "-3..3", "trombone", "empty", "1..8", "nothing yet", "HandOver", "no-such-model"):
        assert any(wanted in text for text in texts), (wanted, texts)
    sent = len(duo.ons("morph"))
    duo.wait(Sent, 2 * sent + 4, lambda s: s.part == "morph")


def test_parts_come_and_go_while_it_plays(duo: Performance, toy_morph: Path) -> None:
    duo.ask(ask.AddPart(PartSetup(model=str(toy_morph), name="second", seed=4)))
    duo.wait(RackChanged, 2)
    duo.wait(Sent, 6, lambda sent: sent.part == "second")
    assert first_channel(duo.ons("second")) == 2
    duo.ask(ask.RemovePart("second"))
    assert duo.wait(RackChanged, 3)[-1].parts == ("continue", "morph")
    gone = len(duo.ons("second"))
    sent = len(duo.ons("morph"))
    duo.wait(Sent, 2 * sent + 10, lambda s: s.part == "morph")
    assert len(duo.ons("second")) == gone


def test_another_bundle_takes_over_without_a_gap(duo: Performance, toy_morph: Path) -> None:
    duo.wait(Sent, 4, lambda sent: sent.part == "morph")
    before = {sent.generation for sent in duo.ons("morph")}
    duo.ask(ask.SwapModel(str(toy_morph), "morph"))
    duo.wait(Sent, 6, lambda sent: sent.part == "morph" and sent.generation not in before)
    assert len(duo.of(PartLaunched)) == 1
    duo.ask(ask.SwapModel(str(toy_morph), "continue"))
    assert "does not take turns" in duo.wait(Refused)[-1].text


def test_an_answer_is_caught_into_the_loop(duo: Performance) -> None:
    duo.wait(Sent, 4, lambda sent: sent.part == "morph")
    duo.play(60, 62, 64)
    duo.ask(ask.HandOver())
    duo.wait(Sent, 16, lambda sent: sent.part == "continue")
    before = {sent.generation for sent in duo.ons("morph")}
    duo.ask(ask.Take("morph", "continue"))
    duo.wait(Sent, 4, lambda sent: sent.part == "morph" and sent.generation not in before)
    assert not duo.of(Refused)


def test_halt_releases_and_launch_begins_on_a_bar_line(duo: Performance) -> None:
    (first,) = duo.wait(PartLaunched)
    duo.wait(Sent, 4, lambda sent: sent.part == "morph")
    duo.ask(ask.Halt())
    duo.ask(ask.SetControl("launch", "bar", "morph"), ask.Launch("morph"))
    second = duo.wait(PartLaunched, 2)[-1]
    assert (second.start_tick - first.start_tick) % BAR == 0


def test_a_part_that_comes_back_under_its_name_is_heard(duo: Performance, toy_morph: Path) -> None:
    duo.wait(Sent, 4, lambda sent: sent.part == "morph")
    duo.ask(*(ask.Reroll("morph") for _ in range(5)))
    duo.ask(ask.RemovePart("morph"))
    duo.wait(RackChanged, 1, lambda told: told.parts == ("continue",))
    before = len(duo.ons("morph"))
    duo.ask(ask.AddPart(PartSetup(model=str(toy_morph), name="morph", seed=3)))
    duo.wait(Sent, before + 8, lambda sent: sent.part == "morph" and sent.data[0] >> 4 == 9)
    assert duo.of(Counters)[-1].refused_notes == 0
