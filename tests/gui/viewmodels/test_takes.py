"""The list of takes: read at the start, fed by the engine, looked after by the user; nothing is lost."""

from datetime import date
from pathlib import Path

import pytest
import symusic
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.app import build_models
from gui.models import Models
from gui.places import Places
from gui.viewmodels.takes import TakesModel
from gui.viewmodels.takes_list import MIME, TAKE, when
from realtime.engine.commands import Audition, Capture, SetControl, SetSeed, StopAudition
from realtime.engine.reports import Auditioned, TakeKept
from realtime.messages import Clock
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import open_rack
from tests.gui.takes_rig import FIRST, NOTES, SECOND, THIRD, keep_takes, take_of


@pytest.fixture
def takes(host: FakeHost, places: Places, qtbot: QtBot) -> TakesModel:
    keep_takes(places.takes)
    models = build_models(host, places)
    models.settings.set(autosave=False)  # nothing is asked but what is looked for
    qtbot.waitUntil(lambda: models.takes.list.rowCount() == 3)
    open_rack(host)
    return models.takes


def ids(takes: TakesModel) -> list[str]:
    rows = range(takes.list.rowCount())
    return [takes.list.index(row).data(TAKE).take.id for row in rows]


def test_the_folder_is_read_at_the_start_newest_first(takes: TakesModel) -> None:
    assert ids(takes) == [THIRD, SECOND, FIRST]


def test_a_folder_that_is_not_there_is_an_empty_list(models: Models) -> None:
    assert models.takes.list.rowCount() == 0


def test_broken_takes_are_left_out_and_said(host: FakeHost, places: Places, qtbot: QtBot) -> None:
    keep_takes(places.takes)
    (places.takes / f"{SECOND}.json").write_text("{")
    models = build_models(host, places)
    with qtbot.waitSignal(models.status.said) as said:
        pass
    assert f"{SECOND}.json" in said.args[0].text
    assert ids(models.takes) == [THIRD, FIRST]


def test_what_comes_while_the_folder_is_read_stays(host: FakeHost, places: Places, qtbot: QtBot) -> None:
    keep_takes(places.takes, take_of(FIRST))
    models = build_models(host, places)
    host.tell(TakeKept(take_of(SECOND)))
    qtbot.waitUntil(lambda: ids(models.takes) == [SECOND, FIRST])


def test_an_answer_becomes_a_row_and_a_capture_is_chosen(takes: TakesModel, host: FakeHost, qtbot: QtBot) -> None:
    host.tell(TakeKept(take_of("20260201-000000-001")))
    assert ids(takes)[0] == "20260201-000000-001"
    with qtbot.waitSignal(takes.chosen) as chosen:
        host.tell(TakeKept(take_of("20260201-000000-002", source="", seed=None)))
    assert chosen.args == ["20260201-000000-002"]


def test_capture_asks_for_as_many_bars_as_are_chosen(models: Models, host: FakeHost) -> None:
    models.actions.do("capture")
    models.takes.set_bars(16)
    models.takes.set_bars(5)  # none of the choices
    models.actions.do("capture")
    assert host.asked[-2:] == [Capture(8), Capture(16)]


def test_audition_again_stops(takes: TakesModel, host: FakeHost) -> None:
    takes.audition(FIRST)
    assert host.asked == [Audition(takes.list.of_id(FIRST).take)]
    host.tell(Auditioned(FIRST, 960))
    assert takes.list.playing == FIRST
    takes.audition(FIRST)
    assert host.asked[-1] == StopAudition()
    host.tell(Auditioned(""))
    takes.audition(FIRST)
    assert host.asked[-1] == Audition(takes.list.of_id(FIRST).take)


def test_a_line_moves_through_the_take_that_plays(takes: TakesModel, host: FakeHost) -> None:
    host.tell(Clock(960, takes._now_ns(), 120.0), Auditioned(FIRST, 960))
    assert takes.list.place == pytest.approx(0, abs=0.05)
    host.tell(Clock(960 + 1440, takes._now_ns(), 120.0))
    takes._move()
    assert takes.list.place == pytest.approx(0.75, abs=0.05)
    assert takes._frame.isActive()
    host.tell(Auditioned(""))
    assert not takes._frame.isActive()


def test_a_take_that_plays_and_is_thrown_away_moves_no_more(takes: TakesModel, host: FakeHost) -> None:
    host.tell(Auditioned(FIRST, 960))
    takes.trash(FIRST)
    assert host.asked[-1] == StopAudition()
    assert not takes._frame.isActive()


def test_an_engine_that_is_lost_plays_no_take(takes: TakesModel, host: FakeHost) -> None:
    host.tell(Auditioned(FIRST, 960))
    host.become("lost")
    assert takes.list.playing == ""


def test_compare_goes_to_and_fro(takes: TakesModel, host: FakeHost, qtbot: QtBot) -> None:
    takes.compare()
    assert host.asked == []
    takes.mark_a(FIRST)
    takes.mark_b(SECOND)
    played = []
    for _ in range(3):
        takes.compare()
        played.append(host.asked[-1].take.id)  # type: ignore[union-attr]
        host.tell(Auditioned(played[-1], 0))
    assert played == [FIRST, SECOND, FIRST]


def test_one_take_is_never_both_a_and_b(takes: TakesModel) -> None:
    takes.mark_a(FIRST)
    takes.mark_b(FIRST)
    assert takes.list.marks(FIRST) == "B"
    takes.mark_b(FIRST)
    assert takes.list.marks(FIRST) == ""


def test_compare_says_why_it_cannot(models: Models, takes: TakesModel) -> None:
    assert models.actions.state("compare").why_not


def test_rename_star_and_trash_are_undone_on_disk_too(host: FakeHost, places: Places, qtbot: QtBot) -> None:
    store = keep_takes(places.takes)
    models = build_models(host, places)
    takes, undo = models.takes, models.undo
    qtbot.waitUntil(lambda: takes.list.rowCount() == 3)
    takes.rename(FIRST, "the hook")
    takes.star(FIRST)
    takes.trash(FIRST)
    assert ids(takes) == [THIRD, SECOND]
    assert not store.midi_path(FIRST).exists()
    undo.undo()
    assert ids(takes) == [THIRD, SECOND, FIRST]
    assert store.midi_path(FIRST).exists()
    assert (store.read(FIRST).name, store.read(FIRST).starred) == ("the hook", True)
    undo.undo()
    undo.undo()
    assert (store.read(FIRST).name, store.read(FIRST).starred) == ("", False)
    for _ in range(3):
        undo.redo()
    assert ids(takes) == [THIRD, SECOND]


def test_what_the_disk_refuses_is_said_and_changes_nothing(takes: TakesModel, qtbot: QtBot, places: Places) -> None:
    (places.takes / f"{FIRST}.json").unlink()
    with qtbot.waitSignal(takes._status.said) as said:
        takes.rename(FIRST, "gone")
    assert FIRST in said.args[0].text
    assert takes.list.of_id(FIRST).name == ""
    assert takes._undo.steps == 0


def test_the_filter_shows_takes_with_a_star(takes: TakesModel) -> None:
    takes.list.show_starred_only(True)
    assert ids(takes) == []
    takes.star(SECOND)
    assert ids(takes) == [SECOND]
    takes.star(SECOND)
    assert ids(takes) == []
    takes.list.show_starred_only(False)
    assert len(ids(takes)) == 3


def test_a_drag_carries_a_midi_file_that_stays(takes: TakesModel, places: Places) -> None:
    mime = takes.list.mimeData([takes.list.index(2)])
    (url,) = mime.urls()
    path = Path(url.toLocalFile())
    assert path == places.takes / f"{FIRST}.mid"
    score = symusic.Score(str(path))
    got = [
        (n.start * 480 // score.tpq, n.pitch, n.duration * 480 // score.tpq, n.velocity) for n in score.tracks[0].notes
    ]
    assert got == [(n.start_tick, n.pitch, n.duration_ticks, n.velocity) for n in NOTES]
    assert score.tracks[0].program == 11
    assert bytes(mime.data(MIME).data()) == path.read_bytes()
    assert mime.hasFormat("text/uri-list")
    assert takes.list.supportedDragActions() == Qt.DropAction.CopyAction


def test_a_file_that_was_moved_away_is_written_again(takes: TakesModel, places: Places) -> None:
    path = places.takes / f"{FIRST}.mid"
    before = path.read_bytes()
    path.unlink()
    takes.list.mimeData([takes.list.index(2)])
    assert path.read_bytes() == before


def test_save_as_copies_the_chosen_one_in_sight_or_not(takes: TakesModel, places: Places, tmp_path: Path) -> None:
    takes.list.show_starred_only(True)
    takes.save_as(SECOND, tmp_path / "mine.mid")
    assert (tmp_path / "mine.mid").read_bytes() == (places.takes / f"{SECOND}.mid").read_bytes()


def test_save_as_to_where_nothing_can_be_is_said(takes: TakesModel, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(takes._status.said) as said:
        takes.save_as(SECOND, tmp_path / "not" / "there.mid")
    assert "cannot be written" in said.args[0].text


def test_make_again_sends_seed_and_settings_and_is_undone(takes: TakesModel, host: FakeHost) -> None:
    takes.make_again(FIRST)
    assert host.asked == [SetControl("temperature", 0.5, "continue"), SetSeed(42, "continue")]
    host.asked.clear()
    takes._undo.undo()
    assert host.asked == [SetControl("temperature", 0.9, "continue"), SetSeed(7, "continue")]


def test_what_has_no_seed_or_no_part_cannot_be_made_again(takes: TakesModel, host: FakeHost) -> None:
    assert "no seed" in takes.why_not_again(take_of(source="", seed=None))
    assert "gone" in takes.why_not_again(take_of(source="gone"))
    takes.list.put(takes.list.of_id(FIRST).__class__(take=take_of(FIRST, source="gone")))
    takes.make_again(FIRST)
    assert host.asked == []


def test_another_folder_has_other_takes(host: FakeHost, places: Places, qtbot: QtBot, tmp_path: Path) -> None:
    keep_takes(tmp_path / "elsewhere", take_of(THIRD))
    models = build_models(host, places)
    models.settings.set(takes=str(tmp_path / "elsewhere"))
    qtbot.waitUntil(lambda: ids(models.takes) == [THIRD])
    assert models.takes.folder == tmp_path / "elsewhere"


def test_a_row_says_all_of_itself(takes: TakesModel) -> None:
    takes.star(FIRST)
    takes.mark_a(FIRST)
    said = takes.list.index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    day = when(FIRST, date.today())
    assert said == f"continue, 1 bar, seed 42, {day}, starred, A"


def test_the_time_has_its_date_on_other_days() -> None:
    assert when(FIRST, date(2026, 1, 31)) == "23:59"
    assert when(FIRST, date(2026, 2, 1)) == "31 Jan"
    assert when(FIRST, date(2027, 2, 1)) == "31 Jan 2026"
    assert when("99999999-999999-999", date(2026, 2, 1)) == ""
