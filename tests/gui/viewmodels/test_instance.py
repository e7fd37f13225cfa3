"""Windows side by side, and what is left of one that ended by itself."""

from pathlib import Path

from gui.viewmodels.instance import Instance


def test_two_windows_have_files_of_their_own(tmp_path: Path) -> None:
    first, second = Instance(tmp_path), Instance(tmp_path)
    assert (first.number, second.number) == (1, 2)
    assert first.autosave != second.autosave
    first.finish()
    third = Instance(tmp_path)
    assert third.number == 1
    second.finish()
    third.finish()


def test_a_proper_end_leaves_nothing_to_restore(tmp_path: Path) -> None:
    first = Instance(tmp_path)
    first.autosave.write_text("version = 1")
    first.finish()
    second = Instance(tmp_path)
    assert not second.has_crashed
    assert second.autosave.read_text() == "version = 1"
    second.finish()


def test_the_session_of_a_crash_is_put_where_the_next_run_does_not_write(tmp_path: Path) -> None:
    first = Instance(tmp_path)
    first.autosave.write_text("version = 1")
    first._lock.unlock()  # type: ignore[union-attr]  # as the system does for a process that is gone
    second = Instance(tmp_path)
    assert second.has_crashed
    assert second.to_restore.read_text() == "version = 1"
    second.finish()


def test_a_folder_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    instance = Instance(tmp_path / "state")
    assert "no autosave" in instance.problem
    instance.finish()
