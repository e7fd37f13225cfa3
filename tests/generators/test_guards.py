import numpy as np

from realtime.generators.guards import FREE_COPY_EVENTS, Guards
from realtime.music.melody_codec import PITCH_IDS, REST, Event


def lowered(guards: Guards) -> dict[int, float]:
    logits = np.zeros(PITCH_IDS, np.float32)
    guards.discourage(logits)
    return {i: float(v) for i, v in enumerate(logits) if v}


def test_a_repeated_pitch_is_discouraged_more_and_more() -> None:
    guards = Guards([])
    strength = []
    for _ in range(7):
        guards.add(Event(20, 4))
        strength.append(-lowered(guards).get(20, 0.0))
    assert strength[:2] == [0.0, 0.0]
    assert strength[2] > 0
    assert strength == sorted(strength)


def test_rests_between_do_not_hide_a_repetition() -> None:
    guards = Guards([])
    for _ in range(5):
        guards.add(Event(20, 4))
        guards.add(Event(REST, 4))
    assert 20 not in lowered(guards) or lowered(guards)[20] < 0


def test_saying_the_phrase_back_is_discouraged_but_a_motif_is_not() -> None:
    phrase = [Event(20 + i, 4) for i in range(16)]
    guards = Guards(phrase)
    for event in phrase[: FREE_COPY_EVENTS - 1]:
        guards.add(event)
    assert lowered(guards) == {}
    guards.add(phrase[FREE_COPY_EVENTS - 1])
    assert set(lowered(guards)) == {phrase[FREE_COPY_EVENTS].pitch_id}


def test_a_loop_of_the_answer_itself_is_discouraged() -> None:
    guards = Guards([])
    for _ in range(4):
        for pitch in (20, 24, 27, 24):
            guards.add(Event(pitch, 4))
    assert 20 in lowered(guards)


def test_what_was_only_played_is_not_held_against_the_answer() -> None:
    assert lowered(Guards([Event(20 + i % 4, 4) for i in range(64)])) == {}
