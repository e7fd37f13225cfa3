"""When a model that fails is asked again, and when no more: the rule, and the two kinds of thread that keep to it."""

import math
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.engine.attempts import BACK_OFF_SECONDS, Attempts, Failure
from realtime.engine.parts.maker_worker import MakerWorker
from realtime.engine.parts.material import Made, Order, Point
from realtime.engine.worker import Play, Worker
from realtime.errors import BundleError, UsageError
from realtime.generators.base import GenerateRequest
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter

PATIENCE_SECONDS = 10.0
ORDER = Order(version=1, cycle=0, phrase=0, point=Point(), meter=Meter())


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(clock)


def test_pauses_grow_and_the_third_failure_in_a_row_is_the_last(clock: Clock, attempts: Attempts) -> None:
    broken = BundleError("NaN")
    assert attempts.pause_seconds() == 0.0
    for pause in BACK_OFF_SECONDS:
        assert attempts.failed(broken) == Failure("NaN", is_final=False)
        assert attempts.pause_seconds() == pause
        clock.seconds += pause / 2
        assert attempts.pause_seconds() == pause / 2
        clock.seconds += pause
        assert attempts.pause_seconds() == 0.0
    assert attempts.failed(broken) == Failure("NaN", is_final=True)
    assert attempts.given_up
    clock.seconds += 1e9
    assert attempts.pause_seconds() == math.inf


def test_what_is_no_error_of_ours_is_named_by_its_kind(attempts: Attempts) -> None:
    assert attempts.failed(ValueError("shape")).text == "ValueError: shape"


@given(st.lists(st.booleans(), max_size=30))
def test_only_failures_in_a_row_count(worked: list[bool]) -> None:
    attempts, row = Attempts(Clock()), 0
    for is_good in worked:
        if attempts.given_up:
            break
        row = 0 if is_good else row + 1
        if is_good:
            attempts.worked()
        else:
            assert attempts.failed(BundleError("NaN")).is_final == (row > len(BACK_OFF_SECONDS))
        assert (attempts.pause_seconds() > 0) == (row > 0)


class Broken:
    """A maker that fails as often as it is told to, and counts how often it was asked."""

    touch_grid = "beat"

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.asked = list(errors), 0

    def make(self, order: Order) -> Any:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return SimpleNamespace(phrase=order.phrase)


class Heard:
    """What a worker tells, and a way to wait for it."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self._news = threading.Condition()

    def __call__(self, said: Any) -> None:
        with self._news:
            self.said.append(said)
            self._news.notify_all()

    def wait(self, condition: Callable[[list[Any]], bool]) -> list[Any]:
        with self._news:
            assert self._news.wait_for(lambda: condition(self.said), PATIENCE_SECONDS), self.said
            return list(self.said)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def maker_worker(maker: Broken, heard: Heard, **changes: Any) -> MakerWorker:
    worker = MakerWorker("part", maker, heard, Attempts(back_off_seconds=(0.0, 0.0), **changes))  # type: ignore[arg-type]
    worker.start()
    return worker


def test_an_order_that_failed_is_tried_again_by_itself(heard: Heard) -> None:
    maker = Broken(BundleError("NaN"), ValueError("shape"))
    worker = maker_worker(maker, heard)
    worker.order(ORDER)
    said = heard.wait(lambda said: len(said) == 3)
    assert said[:2] == [Failure("NaN", is_final=False), Failure("ValueError: shape", is_final=False)]
    assert isinstance(said[2], Made)
    assert said[2].order is ORDER
    worker.stop()


def test_a_model_that_is_given_up_is_asked_no_more(heard: Heard) -> None:
    maker = Broken(*[BundleError("NaN")] * 9)
    worker = maker_worker(maker, heard)
    worker.order(ORDER)
    heard.wait(lambda said: said[-1:] == [Failure("NaN", is_final=True)])
    worker._thread.join(PATIENCE_SECONDS)
    assert not worker._thread.is_alive()
    worker.order(ORDER)
    assert maker.asked == 3


def test_what_makes_no_sense_is_told_once_and_counts_for_nothing(heard: Heard) -> None:
    maker = Broken(*[UsageError("no such control")] * 5)
    worker = maker_worker(maker, heard)
    for count in range(1, 6):
        worker.order(ORDER)
        heard.wait(lambda said, count=count: len(said) == count)  # type: ignore[misc]
    worker.order(ORDER)
    assert isinstance(heard.wait(lambda said: len(said) == 6)[-1], Made)
    assert maker.asked == 6
    worker.stop()


def test_the_newest_order_is_the_one_that_is_tried_after_the_pause(heard: Heard, clock: Clock) -> None:
    maker, newest = Broken(BundleError("NaN")), Order(version=9, cycle=0, phrase=0, point=Point(), meter=Meter())
    worker = MakerWorker("part", maker, heard, Attempts(clock, (0.02, 0.02)))  # type: ignore[arg-type]
    worker.start()
    worker.order(ORDER)
    heard.wait(lambda said: len(said) == 1)
    worker.order(newest)
    assert maker.asked == 1  # the pause is not over while the clock stands
    clock.seconds += 1.0
    assert heard.wait(lambda said: len(said) == 2)[-1].order is newest
    worker.stop()


def test_a_model_that_was_replaced_tells_no_more(heard: Heard) -> None:
    began, goes_on = threading.Event(), threading.Event()

    class Slow(Broken):
        def make(self, order: Order) -> Any:
            began.set()
            goes_on.wait(PATIENCE_SECONDS)
            return super().make(order)

    worker = maker_worker(Slow(BundleError("NaN")), heard)
    worker.order(ORDER)
    assert began.wait(PATIENCE_SECONDS)
    worker.stop()
    goes_on.set()
    worker._thread.join(PATIENCE_SECONDS)
    assert heard.said == []


class BrokenAnswers:
    """A generator of answers that all fail, and counts them."""

    def __init__(self) -> None:
        self.asked = 0
        self.works = False

    def prepare(self, request: GenerateRequest) -> None:
        pass

    def stream(self, request: GenerateRequest, _state: object) -> Iterator[Note]:
        self.asked += 1
        if not self.works:
            raise BundleError("NaN")
        yield Note(request.start_tick, 60, 240)


def test_answers_of_a_model_that_rests_are_left_out(heard: Heard, clock: Clock) -> None:
    generator, attempts, emitted = BrokenAnswers(), Attempts(clock), Heard()
    worker = Worker(
        generator,  # type: ignore[arg-type]
        batches=lambda notes: ([note] for note in notes),
        emit=lambda _generation, notes: emitted(notes),
        begins=lambda _play: None,
        soonest_tick=lambda _play, _seconds: 0,
        ahead_tick=lambda: 1 << 30,
        on_failure=heard,
        attempts=attempts,
    )
    request = GenerateRequest(context=Phrase.of(()), start_tick=0, length_ticks=480)
    play = Play(request=request, origin_tick=0, seed=1, generation=1)

    def answer() -> None:
        worker._carry_out(play)

    answer()
    answer()
    assert generator.asked == 1  # the second one came within the pause
    clock.seconds += BACK_OFF_SECONDS[0]
    answer()
    clock.seconds += BACK_OFF_SECONDS[1]
    generator.works = True
    answer()
    assert emitted.said
    generator.works = False
    for _ in range(9):
        answer()
        clock.seconds += max(BACK_OFF_SECONDS)
    assert generator.asked == 3 + 3
    assert [failure.is_final for failure in heard.said] == [False] * 4 + [True]
