"""A running rack that is saved, with a real player process on the memory back end."""

import threading
from pathlib import Path
from typing import Any

import pytest

from realtime.engine import commands as ask
from realtime.engine import saving
from realtime.engine.options import PartStart
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import PartLaunched, RackChanged, RackDescribed, Refused, SessionSaved
from realtime.engine.saving import Saver, session_of
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.errors import FileError
from realtime.generators.registry import open_generator
from realtime.messages import Panic, Sent, SetSync, Silenced, Transport
from realtime.music.units import Meter
from realtime.player.sync.options import SyncOptions
from realtime.session import Remote, Session, read_session, write_session
from tests.engine.rig import Performance
from tests.engine.test_rack import continue_part, morph_part

PATIENCE_SECONDS = 10.0


def saved(performance: Performance, path: Path) -> Session:
    count = len(performance.of(SessionSaved))
    performance.ask(ask.SaveSession(str(path), Remote(osc=9000)))
    assert performance.wait(SessionSaved, count + 1)[-1] == SessionSaved(str(path))
    return read_session(path)


def end(performance: Performance) -> None:
    performance.ask(ask.Forward(Panic()))
    performance.wait(Silenced)
    performance.end()
    assert performance.hung() == {}


def by_hand(morph: Path) -> tuple[ask.Command, ...]:
    return (
        ask.SetControl("temperature", 0.5, "continue"),
        ask.SetControl("post.swing", 0.5, "morph"),
        ask.SetControl("channel", 7, "morph"),
        ask.StoreSnapshot(1, "morph"),
        ask.SetControl("register", 2.0, "morph"),
        ask.Take("morph", "morph", 1),
        ask.SetRule("length", "bars"),
        ask.SwapModel(str(morph), "morph"),
        ask.AddPart(PartSetup(model=str(morph), name="third", playing=False)),
    )


@pytest.mark.processes
def test_all_that_was_changed_by_hand_is_in_the_file_and_plays_again(
    toy_bundle: Path, toy_morph: Path, tmp_path: Path
) -> None:
    first = Performance(
        [continue_part(toy_bundle), morph_part(toy_morph)], rules=TurnRules(end="key", meter=Meter(3, 4))
    )
    first.wait(Sent, 8, lambda sent: sent.part == "morph")
    first.ask(*by_hand(toy_morph))
    first.wait(RackChanged, 2)
    session = saved(first, tmp_path / "set.toml")
    first.ask(ask.Launch("third"))
    first.wait(PartLaunched, 2)
    assert saved(first, tmp_path / "set.toml").part[2].playing
    end(first)

    assert session.remote == Remote(osc=9000)
    assert (session.time.bpm, session.time.meter) == (240.0, "3/4")
    assert (session.turns.end, session.turns.length) == ("key", "bars")
    continued, morph, third = session.part
    assert (continued.name, continued.seed, continued.controls) == ("continue", 1, {"temperature": 0.5})
    assert (morph.channel, morph.controls, morph.post) == (7, {"register": 2.0}, {"swing": 0.5})
    assert morph.source is not None
    assert morph.source.phrases()[0].notes
    assert (morph.snapshots[0].controls, morph.snapshots[0].source) == ({}, None)
    assert not third.playing

    generators = [start.generator for start in again(toy_bundle, toy_morph)]
    starts = [PartStart(part, generator) for part, generator in zip(session.part, generators, strict=True)]
    second = Performance(starts, rules=session.turns.rules(Meter(3, 4)))
    second.wait(Sent, 4, lambda sent: sent.part == "morph")
    assert saved(second, tmp_path / "again.toml").part == session.part
    end(second)


def again(toy_bundle: Path, toy_morph: Path) -> list[PartStart]:
    return [continue_part(toy_bundle), morph_part(toy_morph), morph_part(toy_morph)]


@pytest.mark.processes
def test_a_rack_tells_its_parts_and_controls_and_refuses_what_it_cannot_write(toy_morph: Path, tmp_path: Path) -> None:
    performance = Performance([morph_part(toy_morph)])
    performance.ask(ask.SetControl("register", 1.25), ask.DescribeRack())
    ((part,),) = [described.parts for described in performance.wait(RackDescribed)]
    values = {name: value for name, _, value in part.controls}
    assert (part.name, part.kind, values["register"], values["post.swing"]) == ("morph", "morph", 1.25, 0)
    assert {"mute", "lookahead", "density"} <= set(values)
    performance.ask(ask.SaveSession(str(tmp_path / "no" / "set.toml")), ask.SaveSession(str(tmp_path / "tune.mid")))
    texts = [refused.text for refused in performance.wait(Refused, 2)]
    assert "cannot be written (No such file or directory)" in texts[0]
    assert "a session file ends in .toml" in texts[1]
    end(performance)


def test_a_session_of_options_says_how_they_were_started() -> None:
    sync = SyncOptions(source="link", start_stop=True, offset_ms=3.0, meter=Meter(6, 8))
    player = PlayerOptions(backend="jack", in_port="Keys", synth=True, sync=sync)
    session = session_of(player, TurnRules(bars=3, meter=Meter(6, 8)), (), bpm=1000.0, remote=Remote())
    assert session.time.options() == sync
    assert session.time.bpm == 400.0  # what a clock from outside may say, no file may
    assert (session.ports.input, session.ports.sound, session.turns.bars) == ("Keys", True, 3)


def test_saving_does_not_wait_for_the_disk_and_keeps_its_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    disk, told, wrote = threading.Event(), [], []

    def slow(session: Session, path: Path) -> None:
        assert disk.wait(PATIENCE_SECONDS)
        wrote.append(session.time.bpm)
        write_session(session, path)

    monkeypatch.setattr(saving, "write_session", slow)
    saver = Saver(told.append)
    for bpm in (60.0, 70.0, 80.0):
        saver.save(session_of(PlayerOptions(), TurnRules(), (), bpm=bpm, remote=Remote()), tmp_path / "set.toml")
    assert told == wrote == []  # all three have returned
    disk.set()
    saver.finish()
    assert wrote == [60.0, 70.0, 80.0]
    assert told == [SessionSaved(str(tmp_path / "set.toml"))] * 3
    assert read_session(tmp_path / "set.toml").time.bpm == 80.0


def test_a_full_disk_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: Any) -> None:
        raise FileError("set.toml: cannot be written (No space left on device)")

    told: list[Any] = []
    monkeypatch.setattr(saving, "write_session", full)
    saver = Saver(told.append)
    saver.save(Session(), tmp_path / "set.toml")
    saver.finish()
    assert told == [Refused("set.toml: cannot be written (No space left on device)")]


def test_a_model_in_a_folder_is_found_from_anywhere(
    monkeypatch: pytest.MonkeyPatch, toy_morph: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(toy_morph.parent)
    saver = Saver(lambda _: None)
    saver.save(Session(part=(PartSetup(model=toy_morph.name), PartSetup(model="continue"))), tmp_path / "set.toml")
    saver.finish()
    assert [part.model for part in read_session(tmp_path / "set.toml").part] == [str(toy_morph), "continue"]


@pytest.mark.processes
def test_each_part_keeps_its_own_way_of_taking_turns(toy_bundle: Path, tmp_path: Path) -> None:
    parts = [continue_part(toy_bundle), continue_part(toy_bundle)]
    first = Performance(parts, rules=TurnRules(end="key", meter=Meter(3, 4)))
    names = [part.name for part in saved(first, tmp_path / "set.toml").part]
    first.ask(ask.SetRule("grid", "1/16", names[0]), ask.SetRule("end", "trade", names[1]))
    session = saved(first, tmp_path / "set.toml")
    end(first)
    assert (session.turns.end, session.turns.grid) == ("key", "1/16")
    assert [part.turns and part.turns.end for part in session.part] == [None, "trade"]

    starts = [PartStart(part, open_generator(toy_bundle)) for part in session.part]
    second = Performance(starts, rules=session.turns.rules(Meter(3, 4)))
    assert saved(second, tmp_path / "again.toml") == session
    end(second)


@pytest.mark.processes
def test_who_leads_the_beat_is_saved_and_what_cannot_be_is_refused(toy_morph: Path, tmp_path: Path) -> None:
    performance = Performance([morph_part(toy_morph)], sync=SyncOptions(offset_ms=4.0, clock_out=True))
    performance.ask(ask.SetSource("clock"))
    (refused,) = performance.wait(Refused)
    assert "would let Hocket follow itself" in refused.text
    assert "--" not in refused.text
    performance.ask(ask.Forward(SetSync(source="clock", offset_ms=7.0)))
    performance.wait(Transport, 1, lambda transport: transport.source == "clock")
    time = saved(performance, tmp_path / "set.toml").time
    assert (time.sync, time.clock_out, time.offset_ms) == ("clock", False, 7.0)
    performance.ask(ask.SetSource("internal"))
    performance.wait(Transport, 2, lambda transport: transport.source == "internal")
    time = saved(performance, tmp_path / "set.toml").time
    assert (time.sync, time.offset_ms) == ("internal", 7.0)
    end(performance)
