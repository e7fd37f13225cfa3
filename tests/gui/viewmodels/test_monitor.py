"""The monitor: what was played at once, what was placed when it is due, a thousand rows at most."""

import time

import pytest

from gui.viewmodels.monitor import COLUMNS, MOST, MonitorFilter, MonitorModel, row_of
from realtime.messages import Chunk, ChunkNote, Clock, Cut, Played, Transport
from tests.gui.fakes import FakeHost

BEAT_NS = 500_000_000  # at 120 beats a minute


class Now:
    def __init__(self) -> None:
        self.ns = time.monotonic_ns()

    def __call__(self) -> int:
        return self.ns


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def monitor(host: FakeHost, now: Now) -> MonitorModel:
    model = MonitorModel(host, now)
    model.switch(True)
    host.tell(Clock(0, now.ns, 120.0))
    return model


def chunk(start: int, *, generation: int = 1, pitch: int = 60, part: str = "morph") -> Chunk:
    notes = (ChunkNote(start, pitch, 240, 80),)
    return Chunk(part=part, generation=generation, channel=4, start_tick=start, notes=notes)


def messages(model: MonitorModel | MonitorFilter) -> list[str]:
    column = COLUMNS.index("Message")
    return [model.index(row, column).data() for row in range(model.rowCount())]


@pytest.mark.parametrize(
    ("data", "message", "value"),
    [
        (b"\x90\x3c\x50", "Note on C4", "80"),
        (b"\x8f\x45\x40", "Note off A4", "64"),
        (b"\xb2\x40\x7f", "Control 64 sustain", "127"),
        (b"\xb2\x15\x07", "Control 21", "7"),
        (b"\xc0\x0b", "Program", "12"),
        (b"\xe0\x00\x40", "Bend", "+0"),
        (b"\xe0\x7f\x7f", "Bend", "+8191"),
        (b"\xd0\x20", "Pressure", "32"),
    ],
)
def test_messages_in_words(data: bytes, message: str, value: str) -> None:
    row = row_of(data, 0)
    assert (row.message, row.value, row.channel) == (message, value, data[0] & 0x0F)


def test_what_is_played_comes_at_once(monitor: MonitorModel, host: FakeHost, now: Now) -> None:
    host.tell(Played(now.ns, 0, b"\x90\x3c\x50"))
    monitor.flush()
    cells = [monitor.index(0, column).data() for column in range(1, len(COLUMNS))]
    assert cells == ["in", "you", "1", "Note on C4", "80"]


def test_a_placed_note_comes_when_it_is_due(monitor: MonitorModel, host: FakeHost, now: Now) -> None:
    host.tell(chunk(480), chunk(960, pitch=62))
    monitor.flush()
    assert messages(monitor) == []
    now.ns += BEAT_NS
    monitor.flush()
    assert messages(monitor) == ["Note on C4"]
    assert monitor.index(0, COLUMNS.index("Channel")).data() == "5"
    assert monitor.index(0, COLUMNS.index("Value")).data() == "80, 0.5 beats"


def test_what_was_replaced_or_cut_never_comes(monitor: MonitorModel, host: FakeHost, now: Now) -> None:
    host.tell(chunk(480), chunk(480, generation=2, pitch=64), chunk(480, part="quartet/1"))
    host.tell(Cut("quartet/1", 2))
    now.ns += BEAT_NS
    monitor.flush()
    assert messages(monitor) == ["Note on E4"]


def test_a_stop_forgets_what_waits(monitor: MonitorModel, host: FakeHost, now: Now) -> None:
    host.tell(chunk(480), Transport(playing=False, tick=0, source="internal", epoch=2))
    now.ns += BEAT_NS
    monitor.flush()
    assert messages(monitor) == []


def test_a_flood_leaves_the_last_thousand(monitor: MonitorModel, host: FakeHost, now: Now) -> None:
    for burst in range(3):
        for i in range(700):
            host.tell(Played(now.ns + burst * 1000 + i, 0, bytes((0xB0, 21, i % 128))))
        monitor.flush()
    assert monitor.rowCount() == MOST
    assert monitor.index(MOST - 1, COLUMNS.index("Value")).data() == str(699 % 128)
    for i in range(5000):
        host.tell(Played(now.ns + i, 0, bytes((0xB0, 22, i % 128))))
    monitor.flush()
    assert monitor.rowCount() == MOST
    assert set(messages(monitor)) == {"Control 22"}


def test_unseen_it_collects_nothing(monitor: MonitorModel, host: FakeHost, now: Now) -> None:
    monitor.switch(False)
    host.tell(Played(now.ns, 0, b"\x90\x3c\x50"), chunk(0))
    monitor.flush()
    assert monitor.rowCount() == 0


def test_the_filter_keeps_kinds_and_texts(monitor: MonitorModel, host: FakeHost, now: Now) -> None:
    shown = MonitorFilter(monitor)
    host.tell(Played(now.ns, 0, b"\x90\x3c\x50"), Played(now.ns + 1, 0, b"\xb0\x40\x7f"), chunk(0, pitch=72))
    monitor.flush()
    for kind, text, expected in (
        ("all", "", 3),
        ("notes", "", 2),
        ("controls", "", 1),
        ("in", "", 2),
        ("out", "", 1),
        ("all", "SUSTAIN", 1),
        ("out", "c5", 1),
        ("in", "c5", 0),
    ):
        shown.look_for(kind, text)
        assert shown.rowCount() == expected, (kind, text)
