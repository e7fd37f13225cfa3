"""An answer whose first notes cannot be there in time begins later, on its grid; on a clock of 1 tick a ms."""

from collections.abc import Iterator

import pytest

from realtime.engine.beginning import NO_GRID_TICKS, Batches, Play, begin_in_time
from realtime.generators.base import GenerateRequest
from realtime.music.note import Note, Phrase

ORIGIN = 7
BEAT = 480
LONG = 4 * BEAT


class Model:
    """Takes so many ms for its first notes, a number a try, the last one for all that follow."""

    def __init__(self, *took_ms: int, rest: int = 0, silent: bool = False) -> None:
        self.ms = 0.0
        self._took = list(took_ms)
        self._rest, self._silent = rest, silent
        self.tried: list[Play] = []

    def now(self) -> float:
        return self.ms / 1000

    def soonest(self, _play: Play, seconds: float) -> int:
        return round(self.ms + 1000 * seconds)

    def make(self, play: Play) -> Batches:
        self.tried.append(play)
        self.ms += self._took.pop(0) if len(self._took) > 1 else self._took[0]
        return iter([]) if self._silent else self._notes(play)

    def _notes(self, play: Play) -> Iterator[list[Note]]:
        start = play.request.start_tick + self._rest
        yield [Note(start, 60, 120)]
        yield [Note(start + 120, 62, 120)]

    def begin(self, play: Play, seconds: float = 0.003) -> tuple[Play, list[Note]]:
        begun, batches = begin_in_time(play, self.make, self.soonest, seconds, self.now)
        return begun, [note for batch in batches for note in begun.on_timeline(batch)]


def play(start: int, *, grid: int = BEAT, keeps_end: bool = False) -> Play:
    request = GenerateRequest(context=Phrase.of(()), start_tick=start, length_ticks=LONG)
    return Play(request=request, origin_tick=ORIGIN, seed=1, generation=1, grid_ticks=grid, keeps_end=keeps_end)


def test_what_is_in_time_begins_where_it_was_meant_to() -> None:
    model = Model(3)
    begun, notes = model.begin(play(BEAT))
    assert begun == play(BEAT)
    assert [note.start_tick for note in notes] == [ORIGIN + BEAT, ORIGIN + BEAT + 120]


def test_a_place_too_near_is_passed_over_before_anything_is_made() -> None:
    model = Model(3)
    model.ms = ORIGIN + BEAT - 2  # 2 ms are left, and the model takes 3
    begun, notes = model.begin(play(BEAT))
    assert [tried.start_tick for tried in model.tried] == [ORIGIN + 2 * BEAT]
    assert begun.request.length_ticks == LONG
    assert notes[0].start_tick == ORIGIN + 2 * BEAT


def test_a_model_that_is_slower_than_it_was_begins_on_the_next_point_with_notes_made_for_it() -> None:
    model = Model(50, 3)
    model.ms = ORIGIN + BEAT - 20
    begun, notes = model.begin(play(BEAT))
    assert [tried.start_tick for tried in model.tried] == [ORIGIN + BEAT, ORIGIN + 2 * BEAT]
    assert begun is model.tried[-1]
    assert notes[0].start_tick == ORIGIN + 2 * BEAT


def test_a_rest_at_its_beginning_may_pass_meanwhile() -> None:
    model = Model(50, rest=60)
    model.ms = ORIGIN + BEAT - 20
    begun, notes = model.begin(play(BEAT))
    assert begun.start_tick == ORIGIN + BEAT
    assert notes[0].start_tick == ORIGIN + BEAT + 60


@pytest.mark.parametrize("took_ms", [200, 700, 5000])
def test_however_slow_the_model_is_some_try_is_the_last(took_ms: int) -> None:
    model = Model(took_ms)
    begun, notes = model.begin(play(0, grid=120))
    assert notes[0].start_tick >= model.ms
    assert (begun.start_tick - ORIGIN) % 120 == 0
    assert len(model.tried) <= 3


def test_a_trade_that_begins_late_ends_at_its_bar_line() -> None:
    model = Model(3)
    model.ms = ORIGIN + 10
    begun, _ = model.begin(play(0, keeps_end=True))
    assert (begun.start_tick, begun.request.length_ticks) == (ORIGIN + BEAT, LONG - BEAT)


def test_a_trade_that_is_over_before_it_begins_is_silent() -> None:
    model = Model(3, silent=True)
    model.ms = 2 * LONG
    begun, notes = model.begin(play(0, keeps_end=True))
    assert begun.request.length_ticks == 0
    assert notes == []


def test_without_a_grid_the_notes_come_as_soon_as_they_are_there() -> None:
    model = Model(5)
    model.ms = 1000
    begun, notes = model.begin(play(900, grid=NO_GRID_TICKS))
    assert len(model.tried) == 1
    assert begun.start_tick == 1005
    assert [note.start_tick for note in notes] == [1005, 1125]


def test_without_a_grid_nothing_comes_before_its_place() -> None:
    model = Model(5)
    _, notes = model.begin(play(900, grid=NO_GRID_TICKS))
    assert notes[0].start_tick == ORIGIN + 900
