"""What a window asks for beside what a terminal does: seeds, silent voices, a part that does not listen, bar lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.bundle import load_bundle
from realtime.engine import commands as ask
from realtime.engine.options import PartStart
from realtime.engine.parts.board import Board
from realtime.engine.reports import BarsCounted, PartDescribed, PartLaunched, PartState, Refused, TurnStarted
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnKeeper, TurnRules
from realtime.errors import UsageError
from realtime.generators.continuation import ContinueGenerator
from realtime.generators.quartet import QuartetGenerator
from realtime.messages import Played, Sent
from tests.engine.rig import Performance


@pytest.fixture
def band(toy_bundle: Path, toy_quartet: Path) -> Iterator[Performance]:
    parts = [
        PartStart(PartSetup(model=str(toy_bundle), name="turns", seed=1), ContinueGenerator(load_bundle(toy_bundle))),
        PartStart(PartSetup(model=str(toy_quartet), name="band", seed=2), QuartetGenerator(load_bundle(toy_quartet))),
    ]
    performance = Performance(parts, show_all=True)
    yield performance
    performance.end()


@pytest.mark.processes
def test_a_muted_voice_falls_silent_and_comes_back_where_the_cycle_stands(band: Performance) -> None:
    band.wait(Sent, 4, lambda sent: sent.part.startswith("band/"))
    band.ask(ask.MuteVoices(frozenset({"bass"}), "band"))
    state = band.wait(PartState, 1, lambda state: state.muted == ("bass",))[-1]
    assert not state.silent
    before = len(band.ons("band"))
    band.wait(Sent, 8, lambda sent: sent.part == "band/1")
    voices = {sent.part for sent in band.ons("band")[before + 2 :]}
    assert "band/4" not in voices
    assert voices
    band.ask(ask.MuteVoices(frozenset(), "band"))
    count = len([sent for sent in band.of(Sent) if sent.part == "band/4"])
    band.wait(Sent, count + 2, lambda sent: sent.part == "band/4")


@pytest.mark.processes
def test_a_voice_that_is_not_there_is_refused(band: Performance) -> None:
    band.ask(ask.MuteVoices(frozenset({"tuba"}), "band"))
    (refused,) = band.wait(Refused)
    assert refused.text.startswith("band has no 'tuba' to mute (it has soprano, ")


@pytest.mark.processes
def test_a_seed_is_set_and_given_back(band: Performance) -> None:
    band.ask(ask.SetSeed(77, "band"), ask.SetSeed(5, "turns"))
    band.wait(PartState, 1, lambda state: state.part == "band" and state.seed == 77)
    band.wait(PartState, 1, lambda state: state.part == "turns" and state.seed == 5)
    band.ask(ask.SetSeed(None, "turns"))
    band.wait(PartState, 1, lambda state: state.part == "turns" and state.seed is None)


@pytest.mark.processes
def test_bars_are_told_and_a_swap_describes_the_part_anew(band: Performance, toy_quartet: Path) -> None:
    (launched,) = band.wait(PartLaunched)
    counted = band.wait(BarsCounted, 1, lambda told: told.origin_tick == launched.start_tick)
    assert counted[-1].meter == "4/4"
    band.ask(ask.SwapModel(str(toy_quartet), "band"))
    (told,) = band.wait(PartDescribed)
    assert (told.name, told.kind) == ("band", "quartet")


def test_a_part_that_does_not_listen_answers_only_when_it_is_told_to() -> None:
    keeper = TurnKeeper(TurnRules().changed("listen", "off"), lambda: 120.0)
    assert keeper.played(Played(0, 10, bytes((0x90, 60, 80)))) == []
    assert keeper.deadline_tick() is None
    assert len(keeper.hand_over(100)) == 1


@pytest.mark.processes
def test_an_answer_ends_when_its_part_stops_listening(band: Performance) -> None:
    band.ask(ask.SetRule("length", "endless", "turns"), ask.HandOver("turns"))
    band.wait(TurnStarted)
    band.ask(ask.SetRule("listen", "off", "turns"))
    band.wait(
        PartState, 1, lambda state: state.part == "turns" and state.rules["listen"] == "off" and not state.playing
    )


def test_the_channel_of_a_part_whose_voices_had_channels_of_their_own_leads_them_all(toy_quartet: Path) -> None:
    setup = PartSetup(model="band", name="band", channels=(7, 8, 11, 12))
    board = Board(setup, load_bundle(toy_quartet).spec)
    assert board["channel"] == 7
    assert board.route().channels == (6, 7, 10, 11)
    board.set("channel", 3)
    assert board.route().channels[:4] == (2, 3, 4, 5)
    assert (board.kept().channel, board.kept().channels) == (3, ())


def test_a_seed_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match=r"seed must be 0\.\.2147483647, got -1"):
        ask.SetSeed(-1)
