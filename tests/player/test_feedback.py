"""An output that is wired to our own input is noticed, muted, told, and heard again; a musician is no wire."""

import random
from collections.abc import Container, Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.messages import InputMuted, ListenAgain, Panic, Played, SetPorts
from realtime.player.clock import MS_NS
from realtime.player.ear import Ear
from realtime.player.feedback import CHANGED_NOTES, GONE_NS, LOOP_NOTES, LOOP_NS, Feedback, Left
from realtime.player.midi_bytes import CLOCK, START, is_note_on, note_off, note_on
from realtime.player.sync.options import SyncOptions
from tests.player.fakes import Rig
from tests.player.test_core import one_note

SETTLE_NS = 30 * MS_NS
WAY_NS = 5 * MS_NS  # from our output back to our input


class Wire:
    """Notes of ours, some of which come back."""

    def __init__(self) -> None:
        self.feedback, self.now_ns = Feedback(SETTLE_NS), 0

    def play(self, *came_back: bool, every_ms: int = 100, port: str = "") -> str | None:
        for is_back in came_back:
            self.now_ns += every_ms * MS_NS
            left = Left(port, self.now_ns)
            self.feedback.sent(left)
            if is_back:
                self.feedback.came_back(left, self.now_ns + WAY_NS)
        return self.feedback.wired(self.now_ns + WAY_NS)


def test_four_notes_in_a_second_that_come_back_are_a_loop() -> None:
    wire = Wire()
    assert wire.play(*[True] * (LOOP_NOTES - 1)) is None
    assert wire.play(True) == ""


def test_what_was_played_before_the_wire_was_there_counts_for_nothing() -> None:
    assert Wire().play(*[False] * 5, *[True] * LOOP_NOTES) == ""


@pytest.mark.parametrize(
    "came_back",
    [
        [False] * 40,
        [True, False] * 20,  # a musician in unison, as well as he can
        [True, True, True, False] * 10,
    ],
)
def test_a_musician_in_unison_is_none(came_back: list[bool]) -> None:
    assert Wire().play(*came_back) is None


def test_notes_that_are_far_apart_are_none_yet() -> None:
    assert Wire().play(*[True] * 20, every_ms=350) is None  # and each is left out for itself


def test_one_that_is_lost_on_the_way_makes_no_difference() -> None:
    assert Wire().play(True, True, False, *[True] * 7, every_ms=50) == ""


def test_each_output_is_looked_at_by_itself() -> None:
    wire = Wire()
    for _ in range(LOOP_NOTES):
        assert wire.play(False, False, port="other", every_ms=10) is None
        found = wire.play(True, port="bass")
    assert found == "bass"


def test_the_loop_is_gone_when_nothing_has_come_back_for_two_seconds() -> None:
    wire = Wire()
    wire.play(*[True] * LOOP_NOTES)
    last_ns = wire.now_ns + WAY_NS
    assert wire.feedback.wired(last_ns + GONE_NS - 1) == ""
    assert wire.feedback.wired(last_ns + GONE_NS) is None
    assert wire.play(*[False] * 10) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 400)), max_size=80))
def test_a_loop_is_never_found_without_enough_that_came_back_in_time(notes: list[tuple[bool, int]]) -> None:
    wire = Wire()
    returned_ns: list[int] = []
    for is_back, every_ms in notes:
        found = wire.play(is_back, every_ms=every_ms)
        returned_ns += [wire.now_ns] if is_back else []
        if found is not None:
            assert len([ns for ns in returned_ns if ns > returned_ns[-1] - LOOP_NS - WAY_NS]) >= LOOP_NOTES
            return


def play_changed(feedback: Feedback, delays_ms: Iterable[float], *, lost: Container[int] = ()) -> str | None:
    """Eight notes a second, whose pitches are heard so long after they have left, with another velocity."""
    found = None
    for number, delay_ms in enumerate(delays_ms):
        sent_ns = number * 125 * MS_NS
        feedback.sent(Left("", sent_ns, 40 + number % 48))
        if number not in lost:
            feedback.heard(40 + number % 48, sent_ns + round(delay_ms * MS_NS))
        found = found or feedback.wired(sent_ns + SETTLE_NS)
    return found


@pytest.mark.parametrize("delay_ms", [0.1, 12.0, 24.0])
def test_a_loop_that_changes_velocities_is_found_by_its_even_delay(delay_ms: float) -> None:
    assert play_changed(Feedback(SETTLE_NS), [delay_ms] * (CHANGED_NOTES - 1)) is None
    assert play_changed(Feedback(SETTLE_NS), [delay_ms] * CHANGED_NOTES) == ""
    assert play_changed(Feedback(SETTLE_NS), [delay_ms, delay_ms + 5.0] * CHANGED_NOTES) == ""
    assert play_changed(Feedback(SETTLE_NS), [delay_ms] * 40, lost=range(0, 40, 5)) is None


@pytest.mark.parametrize("behind_ms", [0.0, 10.0, 20.0])
def test_a_musician_in_unison_is_not_so_even(behind_ms: float) -> None:
    rng = random.Random(7)
    feedback = Feedback(SETTLE_NS)
    assert play_changed(feedback, (rng.gauss(behind_ms, 8.0) for _ in range(20_000))) is None


def test_nothing_is_kept_for_good() -> None:
    wire = Wire()
    wire.play(*[False] * 2000, every_ms=1)
    assert len(wire.feedback._left[""]) <= 256


# --- in the player ------------------------------------------------------------------------------------


def wired(rig: Rig, ms: int, *, wire: bool = True, port: str = "") -> None:
    """Let time pass with a cable from an output to the input."""
    for _ in range(ms):
        known = len(rig.io.sent)
        rig.run_ms(1)
        for event in rig.io.sent[known:]:
            if wire and event.port == port:
                rig.io.inject(event.data)


def test_notes_whose_velocity_a_device_changes_do_not_run_away() -> None:
    rig = Rig(thru=True)
    rig.io.inject(note_on(0, 60, 80))
    for _ in range(3000):
        known = len(rig.io.sent)
        rig.run_ms(1)
        for event in rig.io.sent[known:]:
            data = event.data
            rig.io.inject(note_on(0, data[1], data[2] % 127 + 1) if is_note_on(data) else data)
    assert rig.of(InputMuted) == [muted(True), muted(False)]  # with the input muted there is nothing to come back
    assert len(rig.io.sent) < 40
    assert rig.io.data[-1] == note_off(0, 60)


def looped(**options: object) -> Rig:
    """A player whose input is muted, for its output comes back."""
    rig = Rig(**options)  # type: ignore[arg-type]
    for place in range(8):
        rig.core.handle(one_note(place * 120, pitch=50 + place))
    wired(rig, 1000)
    assert rig.of(InputMuted) == [muted(True)]
    return rig


def muted(is_muted: bool) -> InputMuted:
    return InputMuted(in_port="Hocket In", out_port="Hocket Out", muted=is_muted)


def test_an_output_of_its_own_is_named() -> None:
    rig = Rig()
    rig.core.handle(SetPorts(("bass",)))
    for place in range(8):
        rig.core.handle(msgspec.structs.replace(one_note(place * 120, pitch=50 + place), port="bass"))
    wired(rig, 1000, port="bass")
    assert [told.out_port for told in rig.of(InputMuted)] == ["bass"]


def play(rig: Rig, pitch: int) -> None:
    rig.io.inject(note_on(9, pitch, 80))
    rig.io.inject(note_off(9, pitch))
    rig.run_ms(10)


def test_a_muted_input_is_silent_and_heard_again_when_the_wire_is_gone() -> None:
    rig = looped(thru=True)
    play(rig, 40)
    assert rig.of(Played) == []
    wired(rig, GONE_NS // MS_NS, wire=False)
    assert rig.of(InputMuted) == [muted(True), muted(False)]
    play(rig, 40)
    assert [played.data for played in rig.of(Played)] == [note_on(9, 40, 80), note_off(9, 40)]


def test_keys_that_are_held_when_it_is_muted_are_let_go() -> None:
    rig = Rig(thru=True)
    rig.io.inject(note_on(9, 40, 80))
    for place in range(8):
        rig.core.handle(one_note(place * 120, pitch=50 + place))
    wired(rig, 1000)
    assert rig.of(InputMuted) == [muted(True)]
    assert [played.data for played in rig.of(Played)] == [note_on(9, 40, 80), note_off(9, 40)]
    assert note_off(9, 40) in rig.io.data


def test_the_musician_may_be_heard_in_spite_of_it() -> None:
    rig = looped()
    rig.core.handle(ListenAgain())
    for place in range(8, 24):
        rig.core.handle(one_note(place * 120, pitch=50 + place))
    wired(rig, 1500)
    play(rig, 40)
    assert rig.of(InputMuted) == [muted(True), muted(False)]  # and not muted again
    assert [played.data for played in rig.of(Played)] == [note_on(9, 40, 80), note_off(9, 40)]


def test_other_ports_are_heard_at_once() -> None:
    rig = looped()
    rig.run_ms(5)
    rig.core.attach(rig.io, "none: test", ())
    play(rig, 40)
    assert len(rig.of(Played)) == 2


def test_a_panic_that_comes_back_is_no_loop() -> None:
    rig = Rig()
    rig.core.handle(Panic(everything=True))
    wired(rig, 100)
    assert rig.of(InputMuted) == []


@pytest.mark.parametrize(("clock_ports", "heard"), [((), True), ((("drums", "on"),), False)])
def test_a_clock_on_a_muted_input_is_followed_unless_it_may_be_ours(
    clock_ports: tuple[tuple[str, str], ...], heard: bool
) -> None:
    rig = Rig(sync=SyncOptions(source="clock", clock_ports=clock_ports))
    rig.core.handle(SetPorts(tuple(port for port, _ in clock_ports)))
    for number in range(96):
        rig.io.inject(bytes((CLOCK,)))
        if number == 48:
            rig.io.inject(bytes((START,)))
        rig.run_ms(20)
    for place in range(8):
        rig.core.handle(one_note(rig.clock.tick() + 100 + place * 60, pitch=50 + place))
    pulses = 0
    for number in range(100):
        rig.io.inject(bytes((CLOCK,)))
        wired(rig, 20)
        if number == 60:
            assert rig.of(InputMuted) == [muted(True)]
            pulses = rig.core._conductor.pulses_in
    assert (rig.core._conductor.pulses_in > pulses + 30) == heard


def test_an_ear_without_ports_hears_nothing_of_its_own() -> None:
    ear, rng = Ear(), random.Random(3)
    assert all(ear.hears(note_on(0, rng.randrange(128), 80), number) for number in range(50))
    assert ear.news(0) == []
