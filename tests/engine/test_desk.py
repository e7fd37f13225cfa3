"""Takes, auditions, maps and status of a running engine, with a real player on the memory back end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.bundle import load_bundle
from realtime.engine import commands as ask
from realtime.engine.maps import ControlMap
from realtime.engine.options import PartStart
from realtime.engine.reports import (
    Auditioned,
    BarsCounted,
    MapsChanged,
    PartState,
    Refused,
    SessionSaved,
    Status,
    TakeKept,
    TurnStarted,
)
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.generators.continuation import ContinueGenerator
from realtime.messages import (
    ASIDE,
    Chunk,
    Inject,
    Played,
    PortsSeen,
    Sent,
    StartTransport,
    StopTransport,
    Transport,
    WatchPorts,
)
from realtime.session import Ports, read_session
from realtime.takes.store import TakeStore
from tests.engine.rig import Performance
from tests.engine.test_rack import morph_part
from tests.takes.examples import take

pytestmark = pytest.mark.processes
KNOB = ControlMap(control="density", part="morph", cc=21, low=0.0, high=1.0)


@pytest.fixture
def stage(toy_bundle: Path, toy_morph: Path, tmp_path: Path) -> Iterator[Performance]:
    turns = PartStart(
        PartSetup(model=str(toy_bundle), name="turns", seed=1, channel=5, program=12),
        ContinueGenerator(load_bundle(toy_bundle)),
    )
    rules = TurnRules(end="key", grid="none", length="bars", bars=1)
    performance = Performance(
        [turns, morph_part(toy_morph)], rules=rules, show_all=True, takes=str(tmp_path / "Takes"), maps=(KNOB,)
    )
    yield performance
    performance.end()


def move(stage: Performance, number: int, *values: int) -> None:
    for value in values:
        stage.ask(ask.Forward(Inject(bytes((0xB0, number, value)))))


def sent_notes(stage: Performance, part: str) -> list[tuple[int, int]]:
    return [(sent.data[1], sent.data[2]) for sent in stage.of(Sent) if sent.part == part and sent.data[0] >> 4 == 9]


def test_an_answer_is_a_take_of_what_was_sent(stage: Performance, tmp_path: Path) -> None:
    stage.play(60, 62, 64)
    stage.ask(ask.HandOver("turns"))
    (turn,) = stage.wait(TurnStarted)
    (kept,) = [told.take for told in stage.wait(TakeKept)]
    assert (kept.source, kept.seed, kept.kind, kept.length_ticks) == ("turns", 1, "continue", turn.length_ticks)
    assert "temperature" in kept.controls
    (voice,) = kept.voices
    assert (voice.name, voice.channel, voice.program) == ("turns", 4, 12)
    assert sorted((n.pitch, n.velocity) for n in voice.notes) == sorted(sent_notes(stage, "turns"))
    assert [stored.take for stored in TakeStore(tmp_path / "Takes").list()] == [kept]


def test_an_answer_that_gives_way_is_kept_as_far_as_it_came(stage: Performance) -> None:
    stage.ask(ask.SetRule("length", "endless"))
    stage.play(60, 62, 64)
    stage.ask(ask.HandOver("turns"))
    stage.wait(Sent, 6, lambda sent: sent.part == "turns")
    stage.play(67)
    (kept,) = [told.take for told in stage.wait(TakeKept)]
    assert sorted((n.pitch, n.velocity) for n in kept.voices[0].notes) == sorted(sent_notes(stage, "turns"))
    assert kept.length_ticks % 480 == 0


def test_the_last_bars_of_all_are_captured_also_after_a_stop(stage: Performance) -> None:
    stage.play(60, 62)
    stage.wait(Sent, 8, lambda sent: sent.part == "morph")
    stage.ask(ask.Forward(StopTransport()))
    stage.wait(Transport, 1, lambda transport: not transport.playing)
    stage.ask(ask.Capture(8), ask.Capture(8, "played"), ask.Capture(2, "nobody"))
    everything, mine = [told.take for told in stage.wait(TakeKept, 2)]
    assert {voice.name for voice in everything.voices} == {"morph", "played"}
    assert [note.pitch for voice in mine.voices for note in voice.notes] == [60, 62]
    (refused,) = stage.wait(Refused)
    assert refused.text == "nothing to capture: nobody has played no notes yet"


@pytest.mark.parametrize("playing", [True, False])
def test_a_take_is_listened_to_also_while_the_transport_stands(stage: Performance, playing: bool) -> None:
    if not playing:
        stage.ask(ask.Forward(StopTransport()))
        stage.wait(Transport, 1, lambda transport: not transport.playing)
    stage.ask(ask.Audition(take()))
    assert stage.wait(Auditioned, 2)[-1].id == ""  # it has ended by itself
    assert sent_notes(stage, f"{ASIDE}1") == [(60, 90), (64, 70)]
    assert sent_notes(stage, f"{ASIDE}2") == [(36, 100)]
    assert not [told for told in stage.of(TakeKept) if told.take.source.startswith(ASIDE)]
    stage.ask(ask.Audition(take(length_ticks=1440 * 20)))
    stage.wait(Auditioned, 3)
    stage.ask(ask.Halt())
    assert stage.wait(Auditioned, 4)[-1].id == ""


def test_a_mapped_controller_moves_its_control_and_is_saved(stage: Performance, tmp_path: Path) -> None:
    move(stage, 21, 0, 127)
    stage.wait(PartState, 1, lambda state: state.part == "morph" and state.values["density"] == 1.0)
    assert stage.wait(Played, 2, lambda played: played.data[0] == 0xB0)  # and it is shown
    stage.ask(ask.SaveSession(str(tmp_path / "set.toml")))
    stage.wait(SessionSaved)
    assert read_session(tmp_path / "set.toml").map == (KNOB,)


def test_a_controller_is_learned_and_forgotten(stage: Performance) -> None:
    stage.ask(ask.SetMaps(()), ask.Learn("octave"))
    stage.wait(MapsChanged, 1, lambda told: told.learning == "turns.octave")
    move(stage, 30, 0, 3, 64, 127)
    learned = ControlMap(control="octave", part="turns", cc=30, channel=1)
    stage.wait(MapsChanged, 1, lambda told: told == MapsChanged((learned,)))
    stage.wait(PartState, 1, lambda state: state.part == "turns" and state.values["octave"] > 0)
    stage.ask(ask.Learn("tone", "turns"), ask.ForgetMaps("octave", "turns"), ask.ForgetMaps("octave", "turns"))
    texts = [refused.text for refused in stage.wait(Refused, 2)]
    assert texts[0].startswith("turns has no control 'tone'")
    assert texts[1] == "no controller is mapped to turns.octave"
    assert stage.of(MapsChanged)[-1] == MapsChanged(())


def test_the_engine_tells_what_it_costs(stage: Performance) -> None:
    stage.wait(Sent, 4)
    status = stage.wait(Status, 3)[-1]
    assert 0 < status.cpu_percent < 400
    assert status.rss_mb > 20
    loads = {load.part: load for load in status.parts}
    assert loads["morph"].made_ms > 0
    assert loads["morph"].budget_ms == 2 * 4 * 60_000 / 240
    assert loads["turns"].budget_ms == 2 * 60_000 / 240


def test_ports_are_told_on_request_also_by_another_player(stage: Performance) -> None:
    stage.ask(ask.Forward(WatchPorts()))
    assert stage.wait(PortsSeen) == [PortsSeen(())]  # memory has none
    stage.ask(ask.ChangePorts(Ports(backend="memory")))
    stage.wait(PortsSeen, 2)


def test_a_start_plays_on_and_what_waits_for_it_is_captured(stage: Performance) -> None:
    stage.ask(ask.Forward(StopTransport()))
    stage.wait(Transport, 1, lambda transport: not transport.playing)
    count = len(stage.ons("morph"))
    stage.ask(ask.Forward(StartTransport()))
    stage.wait(Transport, 1, lambda transport: transport.playing and transport.epoch > 1)
    stage.wait(Sent, 2 * (count + 3), lambda sent: sent.part == "morph")
    stage.ask(ask.Capture(1, "morph"))
    (kept,) = [told.take for told in stage.wait(TakeKept)]
    assert kept.voices[0].notes[0].start_tick < 480


def test_a_bar_of_the_song_is_found_as_the_bars_are_counted(stage: Performance) -> None:
    stage.wait(Sent, 2, lambda sent: sent.part == "morph")
    counted = stage.of(BarsCounted)[-1]
    stage.ask(ask.LocateBar(5))
    stage.wait(Transport, 1, lambda transport: transport.tick == counted.origin_tick + 4 * 1920)


def test_what_waits_for_the_start_is_no_more_than_will_be_played(stage: Performance) -> None:
    stage.wait(Sent, 4, lambda sent: sent.part == "morph")
    stage.ask(ask.Forward(StopTransport()))
    stage.wait(Transport, 1, lambda transport: not transport.playing)
    counts = []
    for _ in range(30):
        placed = len(stage.of(Chunk))
        stage.ask(ask.Reroll("morph"))
        stage.wait(Chunk, placed + 1)
        counts.append(len(stage.engine._desk._waiting))
    assert 0 < max(counts[15:]) <= max(counts[:15])
