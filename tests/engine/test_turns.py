"""Turn taking as a musician meets it, on a simulated timeline at 120 beats a minute."""

import pytest

from realtime.engine.turns import Action, Answer, Prepare, TurnKeeper, TurnRules, Yield
from realtime.messages import Played
from realtime.music.note import Note
from realtime.music.units import PPQ, Meter

BAR = 1920


def on(tick: int, pitch: int = 60, velocity: int = 90) -> Played:
    return Played(0, tick, bytes((0x90, pitch, velocity)))


def off(tick: int, pitch: int = 60) -> Played:
    return Played(0, tick, bytes((0x80, pitch, 64)))


def pedal(tick: int, value: int) -> Played:
    return Played(0, tick, bytes((0xB0, 64, value)))


def keeper(**rules: object) -> TurnKeeper:
    return TurnKeeper(TurnRules(**rules), lambda: 120.0)  # type: ignore[arg-type]


def play(turns: TurnKeeper, *notes: tuple[int, int, int]) -> list[Action]:
    """(start, pitch, duration) triples, in order of time."""
    messages = [m for start, pitch, length in notes for m in (on(start, pitch), off(start + length, pitch))]
    return [action for m in sorted(messages, key=lambda m: (m.tick, m.data[0])) for action in turns.played(m)]


def scale(start: int = 0, count: int = 8) -> list[tuple[int, int, int]]:
    return [(start + i * 240, 60 + i, 220) for i in range(count)]


def end_of_turn(turns: TurnKeeper) -> Answer:
    deadline = turns.deadline_tick()
    assert deadline is not None
    assert turns.passed(deadline - 1) == []
    (answer,) = turns.passed(deadline)
    assert isinstance(answer, Answer)
    return answer


def test_bars_are_counted_from_the_first_note() -> None:
    turns = keeper(end="auto", grid="beat")
    play(turns, *scale(start=1003))
    answer = end_of_turn(turns)
    assert answer.origin_tick == 1003
    assert answer.context.notes[0].start_tick == 0
    assert answer.start_tick % PPQ == 0


def test_the_next_phrase_counts_its_own_bars() -> None:
    turns = keeper(end="auto", grid="beat")
    play(turns, *scale(start=1003))
    first = end_of_turn(turns)
    again = first.origin_tick + first.start_tick + 777
    play(turns, *scale(start=again))
    assert end_of_turn(turns).origin_tick == again


def test_auto_answers_on_the_next_grid_point() -> None:
    turns = keeper(end="auto", grid="beat")
    actions = play(turns, *scale())
    assert all(isinstance(action, Prepare) for action in actions)
    answer = end_of_turn(turns)
    assert answer.start_tick % PPQ == 0
    assert 0 <= answer.start_tick - 8 * 240 <= PPQ * 2
    assert answer.length_ticks == 4 * PPQ
    assert [note.pitch for note in answer.context.notes] == list(range(60, 68))


def test_the_last_preparation_is_the_answers_own_context() -> None:
    turns = keeper(end="auto", grid="none")
    prepared = [a for a in play(turns, *scale()) if isinstance(a, Prepare)][-1]
    answer = end_of_turn(turns)
    assert (prepared.context, prepared.start_tick) == (answer.context, answer.start_tick)


def test_no_answer_while_a_key_is_down() -> None:
    turns = keeper(end="auto")
    turns.played(on(0))
    assert turns.deadline_tick() is None
    assert turns.passed(100_000) == []


def test_no_answer_while_the_sustain_pedal_is_down() -> None:
    turns = keeper(end="auto")
    play(turns, (0, 60, 200))
    turns.played(pedal(210, 127))
    assert turns.deadline_tick() is None
    turns.played(pedal(400, 0))
    assert turns.deadline_tick() is not None


def test_a_player_who_returns_is_given_way_at_once() -> None:
    turns = keeper(end="auto", grid="beat")
    play(turns, *scale())
    answer = end_of_turn(turns)
    actions = turns.played(on(answer.origin_tick + answer.start_tick + 100, 72))
    assert isinstance(actions[0], Yield)
    assert not turns.answering


def test_keys_still_down_at_the_hand_over_do_not_interrupt() -> None:
    turns = keeper(end="key")
    turns.played(on(0, 60))
    turns.played(on(480, 64))
    (answer,) = turns.hand_over(960)
    assert isinstance(answer, Answer)
    assert [note.end_tick for note in answer.context.notes] == [960, 960]
    assert turns.played(off(1000, 60)) == []
    assert turns.answering


def test_trade_hands_over_at_its_bar_line_and_back() -> None:
    turns = keeper(end="trade", bars=2, grid="beat")
    start = 703
    play(turns, *scale(start=start, count=6))
    answer = end_of_turn(turns)
    assert (answer.origin_tick, answer.start_tick) == (start, 2 * BAR)
    assert answer.length_ticks == 2 * BAR
    assert turns.passed(start + 4 * BAR) == []
    assert not turns.answering
    play(turns, *scale(start=start + 4 * BAR + 31))  # late, but the trade keeps its bars
    answer = end_of_turn(turns)
    assert (answer.origin_tick, answer.start_tick) == (start, 6 * BAR)
    assert answer.context.notes[0].start_tick == 4 * BAR + 31


def test_trade_rests_when_the_player_rests() -> None:
    turns = keeper(end="trade", bars=1)
    play(turns, *scale(count=4))
    end_of_turn(turns)
    turns.passed(2 * BAR)
    assert turns.passed(3 * BAR) == []
    assert turns.deadline_tick() is None


def test_pedal_hands_over_and_is_no_sustain() -> None:
    turns = keeper(end="pedal", grid="none")
    play(turns, *scale())
    assert turns.deadline_tick() is None
    (answer,) = turns.played(pedal(2000, 127))
    assert isinstance(answer, Answer)
    assert answer.start_tick == 2000
    assert turns.played(pedal(2100, 0)) == []


def test_silence_handed_over_is_an_opening() -> None:
    (answer,) = keeper(end="key", grid="bar", bars=2).hand_over(1000)
    assert isinstance(answer, Answer)
    assert answer.context.notes == ()
    assert answer.start_tick == BAR
    assert answer.length_ticks == 2 * BAR


def test_a_second_hand_over_goes_on_from_the_answer() -> None:
    turns = keeper(end="key", grid="none")
    play(turns, *scale())
    turns.hand_over(2000)
    turns.answered(Note(2000, 70, 240))
    turns.answered(Note(9000, 71, 240))  # not played yet
    (answer,) = turns.hand_over(4000)
    assert isinstance(answer, Answer)
    assert [note.pitch for note in answer.context.notes] == [70]


@pytest.mark.parametrize("count", [1, 2000, 5000])
def test_phrases_of_any_length(count: int) -> None:
    turns = keeper(end="auto", grid="beat")
    play(turns, *[(i * 120, 48 + i % 24, 100) for i in range(count)])
    answer = end_of_turn(turns)
    assert len(answer.context.notes) <= 640
    assert answer.length_ticks == max(PPQ, round(count / 4) * PPQ)


def test_a_repeated_note_on_ends_the_note_before_it() -> None:
    turns = keeper(end="key")
    turns.played(on(0, 60))
    turns.played(on(480, 60))
    (answer,) = turns.hand_over(960)
    assert isinstance(answer, Answer)
    assert [(n.start_tick, n.end_tick) for n in answer.context.notes] == [(0, 480), (480, 960)]


def test_meter_of_six_eight() -> None:
    turns = keeper(end="trade", bars=1, meter=Meter(6, 8))
    play(turns, (10, 60, 400))
    assert end_of_turn(turns).start_tick == 1440


def test_an_answer_that_begins_later_ends_later() -> None:
    turns = keeper(end="auto", grid="beat")
    play(turns, *scale())
    answer = end_of_turn(turns)
    start = answer.origin_tick + answer.start_tick + PPQ
    turns.begins(start, answer.length_ticks)
    assert turns.deadline_tick() == start + answer.length_ticks


def test_where_an_answer_begins_is_of_no_interest_once_the_player_is_back() -> None:
    turns = keeper(end="key")
    play(turns, *scale())
    (answer,) = turns.hand_over(1920)
    assert isinstance(answer, Answer)
    turns.stop()
    turns.begins(answer.start_tick + PPQ, answer.length_ticks)
    assert not turns.answering


@pytest.mark.parametrize(("rules", "grid", "keeps_end"), [
    ({"end": "auto", "grid": "1/16"}, PPQ // 4, False),
    ({"end": "key", "grid": "none"}, 1, False),
    ({"end": "trade", "grid": "none"}, PPQ, True),
])  # fmt: skip
def test_an_answer_tells_where_else_it_may_begin(rules: dict[str, object], grid: int, keeps_end: bool) -> None:
    turns = keeper(**rules)
    play(turns, *scale())
    answer = end_of_turn(turns) if rules["end"] != "key" else turns.hand_over(1920)[0]
    assert isinstance(answer, Answer)
    assert (answer.grid_ticks, answer.keeps_end) == (grid, keeps_end)


def test_a_trade_is_handed_over_as_much_sooner_as_the_ports_want_its_notes() -> None:
    rules = TurnRules(end="trade", bars=1)
    near, far = TurnKeeper(rules, lambda: 120.0), TurnKeeper(rules, lambda: 120.0, None, lambda: 0.05)
    for turns in (near, far):
        play(turns, *scale(count=2))
    assert near.deadline_tick() == BAR - 24
    assert far.deadline_tick() == BAR - 72
