from realtime.synth.frames import FRAME_BYTES, Frame, is_channel_message, pack, unpack
from realtime.synth.schedule import SynthScheduler, TickClock, latency_for

MS = 1_000_000  # nanoseconds
ON, OFF = b"\x90\x40\x50", b"\x80\x40\x00"


class RecordingVoice:
    def __init__(self) -> None:
        self.scheduled: list[tuple[int, bytes]] = []

    def tick(self) -> int:
        return 0

    def schedule(self, tick: int, data: bytes) -> None:
        self.scheduled.append((tick, data))


def clock_at(tick: int, time_ns: int = 0) -> TickClock:
    clock = TickClock()
    clock.observe(tick, time_ns)
    return clock


def test_a_message_lands_at_its_due_time_plus_the_latency() -> None:
    voice = RecordingVoice()
    scheduler = SynthScheduler(voice, clock_at(500), latency_ticks=100)
    scheduler.accept(Frame(20 * MS, ON), now_ns=0)
    assert voice.scheduled == [(500 + 200 + 100, ON)]  # a tick is 0.1 ms


def test_late_note_ons_are_dropped_and_note_offs_are_not() -> None:
    voice = RecordingVoice()
    scheduler = SynthScheduler(voice, clock_at(10_000), latency_ticks=100)
    scheduler.accept(Frame(0, ON), now_ns=101 * MS)
    scheduler.accept(Frame(0, OFF), now_ns=101 * MS)
    assert [data for _, data in voice.scheduled] == [OFF]
    assert scheduler.late_ons_dropped == 1


def test_a_note_off_stays_behind_its_note_on_when_the_clock_jumps_back() -> None:
    voice = RecordingVoice()
    clock = TickClock(window=1)
    clock.observe(1000, 0)
    scheduler = SynthScheduler(voice, clock, latency_ticks=0)
    scheduler.accept(Frame(0, ON), now_ns=0)
    clock.observe(500, 0)
    scheduler.accept(Frame(1 * MS, OFF), now_ns=0)
    assert voice.scheduled == [(1000, ON), (1001, OFF)]


def test_the_clock_takes_the_median_of_a_sequencer_that_moves_in_periods() -> None:
    clock = TickClock()
    for time_ms in range(64):
        clock.observe(time_ms // 5 * 50, time_ms * MS)  # 5 ms periods, observed every millisecond
    assert abs(clock.tick_at(100 * MS) - (1000 - 20)) <= 1
    assert clock.spread_ticks == 40
    assert latency_for(clock) == 100  # never below 10 ms


def test_long_audio_periods_get_a_longer_latency() -> None:
    clock = TickClock()
    clock.observe(0, 0)
    clock.observe(0, 40 * MS)
    assert latency_for(clock) == 420


def test_frames_survive_the_pipe() -> None:
    for data in (ON, OFF, b"\xc3\x10", b"\xbf\x7b\x00", b"\xe0\x00\x40"):
        raw = pack(Frame(123_456_789_012_345, data))
        assert len(raw) == FRAME_BYTES
        assert unpack(raw) == Frame(123_456_789_012_345, data)


def test_what_is_no_channel_message_is_refused() -> None:
    for data in (b"", b"\x90", b"\x90\x40", b"\x90\x40\x80", b"\xc0\x01\x02", b"\xf8", b"\x40\x40\x40"):
        assert not is_channel_message(data)
    assert unpack(bytes(FRAME_BYTES)) is None
    assert unpack(b"\xff" * FRAME_BYTES) is None
