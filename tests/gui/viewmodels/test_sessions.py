"""Sessions: what is opened, kept and restored. The engine's part is played by writing the file it was asked for."""

from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from gui.app import build_models
from gui.models import Models
from gui.places import Places
from gui.viewmodels import sessions as sessions_module
from realtime.engine.commands import SaveSession
from realtime.engine.reports import EngineFailed, PartState, RackChanged, SessionSaved
from realtime.engine.setup import PartSetup
from realtime.messages import Clock, Transport
from realtime.session import Ports, Session, Time, read_session, write_session
from tests.gui.fakes import FakeHost

NAMES = ("continue", "morph", "quartet", "sketch")
PLAYS = Transport(playing=True, tick=0, source="internal")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions_module, "SETTLE_MS", 1)


def state(part: str, value: float = 0.0, *, playing: bool = False) -> PartState:
    return PartState(part=part, values={"x": value}, playing=playing, silent=False)


def save_asked(host: FakeHost, session: Session) -> Path:
    """Do what the engine does with the last `SaveSession`."""
    wanted = [command for command in host.asked if isinstance(command, SaveSession)][-1]
    write_session(session, Path(wanted.path))
    host.tell(SessionSaved(wanted.path))
    return Path(wanted.path)


def saved(host: FakeHost) -> list[str]:
    return [Path(command.path).name for command in host.asked if isinstance(command, SaveSession)]


@pytest.fixture
def open_models(models: Models, host: FakeHost) -> Models:
    """The first session, with all parts there."""
    models.sessions.begin()
    host.tell(RackChanged(NAMES), *(state(name) for name in NAMES))
    return models


def test_the_first_start_has_four_parts_that_do_not_play(models: Models, host: FakeHost) -> None:
    models.sessions.begin()
    ((session, plays),) = host.starts
    assert [part.name for part in session.part] == list(NAMES)
    assert not plays
    channels = [channel for part in session.part for channel in (part.channels or (part.channel,))]
    assert 10 not in channels, "the drums' channel is nobody's by default"
    assert models.sessions.title == "Untitled"


def test_a_first_copy_and_each_change_are_kept_a_moment_later(
    qtbot: QtBot, open_models: Models, host: FakeHost
) -> None:
    qtbot.waitUntil(lambda: saved(host) == ["autosave-1.toml"])
    assert not open_models.sessions.is_changed
    host.tell(state("morph", 0.5))
    assert open_models.sessions.is_changed
    qtbot.waitUntil(lambda: saved(host) == 2 * ["autosave-1.toml"])


def test_an_answer_under_way_is_no_change(open_models: Models, host: FakeHost) -> None:
    turn = PartState(part="continue", values={"x": 0.0}, playing=False, silent=False, rules={"end": "auto"})
    host.tell(turn)
    open_models.sessions._set_changed(False)
    host.tell(msgspec.structs.replace(turn, playing=True))
    assert not open_models.sessions.is_changed


def test_another_tempo_is_a_change(open_models: Models, host: FakeHost) -> None:
    host.tell(Clock(0, 0, 77.0))
    assert open_models.sessions.is_changed


def test_nothing_is_kept_while_parts_are_missing(qtbot: QtBot, models: Models, host: FakeHost) -> None:
    models.sessions.begin()
    host.tell(RackChanged(("continue",)), state("continue"), state("continue", 1.0))
    qtbot.wait(20)
    assert saved(host) == []
    host.tell(RackChanged(NAMES))
    qtbot.waitUntil(lambda: saved(host) == ["autosave-1.toml"])


def test_an_engine_that_was_lost_begins_with_the_newest_copy(qtbot: QtBot, open_models: Models, host: FakeHost) -> None:
    host.tell(state("morph", 0.5))
    qtbot.waitUntil(lambda: bool(saved(host)))
    kept = Session(time=Time(bpm=93.0), part=(PartSetup(model="morph", name="morph"),))
    save_asked(host, kept)
    assert open_models.sessions.newest() == kept


def test_without_a_copy_it_begins_with_what_was_opened(open_models: Models, places: Places) -> None:
    (places.state / "autosave-1.toml").write_text("version = 1\n")
    assert len(open_models.sessions.newest().part) == len(NAMES)


def test_the_next_start_goes_on_where_the_last_one_ended(
    qtbot: QtBot, open_models: Models, host: FakeHost, places: Places
) -> None:
    open_models.sessions.finish()
    kept = Session(time=Time(bpm=93.0), part=(PartSetup(model="morph", name="mine"),))
    save_asked(host, kept)
    open_models.instance.finish()
    again = FakeHost()
    build_models(again, places).sessions.begin()
    assert again.starts == [(kept, False)]


def test_after_a_crash_four_parts_begin_and_the_session_is_offered(
    open_models: Models, host: FakeHost, places: Places
) -> None:
    open_models.sessions.finish()
    kept = Session(time=Time(bpm=93.0), part=(PartSetup(model="morph", name="mine"),))
    save_asked(host, kept)
    open_models.instance._lock.unlock()  # type: ignore[union-attr]  # as the system does for a process that is gone
    again = FakeHost()
    models = build_models(again, places)
    models.sessions.begin()
    models.outside.offer_restore()
    assert len(again.starts[0][0].part) == len(NAMES)
    (_, notice) = models.notices.current  # type: ignore[misc]
    ((_, restore),) = notice.actions
    restore()
    assert again.starts[-1] == (kept, False)
    assert models.sessions.is_changed
    assert models.notices.current is None


def test_open_save_and_save_as(open_models: Models, host: FakeHost, tmp_path: Path) -> None:
    file, other = tmp_path / "song.toml", tmp_path / "other"
    write_session(Session(time=Time(bpm=70.0)), file)
    host.tell(PLAYS)
    assert open_models.sessions.open(file)
    assert host.starts[-1] == (read_session(file), True), "what plays goes on playing"
    assert open_models.sessions.title == "song"
    assert open_models.settings.now.recent == (str(file),)
    assert open_models.sessions.save()
    assert saved(host)[-1] == "song.toml"
    open_models.sessions.save_as(other)
    assert saved(host)[-1] == "other.toml"
    host.tell(state("x"), state("x", 1.0))
    assert open_models.sessions.is_changed
    save_asked(host, Session())
    assert not open_models.sessions.is_changed
    assert open_models.settings.now.recent[0] == str(tmp_path / "other.toml")
    assert open_models.status.last.text == "Saved other.toml"


def test_a_session_without_a_file_is_not_saved_without_a_name(open_models: Models, host: FakeHost) -> None:
    assert not open_models.sessions.save()
    assert set(saved(host)) <= {"autosave-1.toml"}


def test_a_broken_file_is_said_and_the_session_stays(open_models: Models, host: FakeHost, tmp_path: Path) -> None:
    file = tmp_path / "song.toml"
    file.write_text("version = 99")
    starts = len(host.starts)
    assert not open_models.sessions.open(file)
    assert len(host.starts) == starts
    assert "song.toml" in open_models.status.last.text
    assert open_models.status.last.level == "failure"


def test_another_meter_begins_anew_with_the_newest_copy(qtbot: QtBot, open_models: Models, host: FakeHost) -> None:
    host.tell(PLAYS, state("morph", 0.5))
    qtbot.waitUntil(lambda: bool(saved(host)))
    save_asked(host, Session(time=Time(bpm=93.0), part=(PartSetup(model="morph", name="morph"),)))
    open_models.sessions.change_time(meter="3/4")
    session, plays = host.starts[-1]
    assert (session.time.bpm, session.time.meter, plays) == (93.0, "3/4", True)
    assert open_models.transport.meter.numerator == 3


def test_what_another_session_replaces_can_be_brought_back(qtbot: QtBot, open_models: Models, host: FakeHost) -> None:
    host.tell(state("morph", 0.5))
    qtbot.waitUntil(lambda: bool(saved(host)))
    kept = Session(time=Time(bpm=93.0), part=(PartSetup(model="morph", name="mine"),))
    save_asked(host, kept)
    open_models.sessions.new()
    (_, notice) = open_models.notices.current  # type: ignore[misc]
    ((_, back),) = notice.actions
    back()
    assert host.starts[-1] == (kept, False)


def test_ports_that_cannot_be_had_are_left_out_the_next_time(models: Models, host: FakeHost, tmp_path: Path) -> None:
    file = tmp_path / "song.toml"
    wanted = Session(ports=Ports(backend="jack", input="Keys", sound=True), time=Time(bpm=70.0, sync="jack"))
    write_session(wanted, file)
    models.sessions.begin(file)
    host.become("starting")
    host.tell(EngineFailed(3, "no JACK server runs here"))
    newest = models.sessions.newest()
    assert newest.ports == Ports(backend="auto", sound=True)
    assert (newest.time.bpm, newest.time.sync) == (70.0, "internal")
    assert models.transport.time.sync == "internal"
    current = models.notices.current
    assert current is not None
    assert "no JACK server runs here" in current[1].text


def test_switched_off_nothing_is_kept(qtbot: QtBot, open_models: Models, host: FakeHost) -> None:
    open_models.settings.set(autosave=False)
    host.asked.clear()
    host.tell(state("morph", 0.5))
    qtbot.wait(20)
    open_models.sessions.finish()
    assert saved(host) == []


def test_saving_without_an_engine_is_said(open_models: Models, host: FakeHost, tmp_path: Path) -> None:
    host.can_ask = False
    open_models.sessions.save_as(tmp_path / "song.toml")
    assert open_models.status.last.text.startswith("Not saved")
