import numpy as np
import pytest

from realtime.generators.event_choice import lean
from realtime.generators.sampling import probabilities
from realtime.generators.tune_memory import MemorySettings, PhraseMemory, TuneMemory
from realtime.music.melody_codec import DURATIONS, PITCH_IDS, REST, Event

FLAT_P = np.full(PITCH_IDS, 1.0 / PITCH_IDS)
FLAT_D = np.full(len(DURATIONS), 1.0 / len(DURATIONS))
MOTIF = [Event(20, 4), Event(24, 4), Event(27, 6), Event(24, 4)]


def heard(*events: Event) -> TuneMemory:
    memory = TuneMemory()
    memory.extend(events)
    return memory


def test_one_count_by_hand() -> None:
    memory = TuneMemory(MemorySettings(discount=0.5, concentrations=(1.0,)))
    memory.extend([Event(20, 4), Event(22, 4), Event(24, 4)])  # after a step of +2 came +2, once
    p = memory.pitch(FLAT_P)
    assert p[26] == pytest.approx((1 - 0.5) / 2 + 1.5 / 2 / PITCH_IDS)
    assert p[25] == pytest.approx(1.5 / 2 / PITCH_IDS)


def test_probabilities_add_up() -> None:
    memory = heard(*MOTIF * 4)
    assert memory.pitch(FLAT_P).sum() == pytest.approx(1.0)
    assert memory.duration(FLAT_D, 20).sum() == pytest.approx(1.0)
    assert (memory.pitch(FLAT_P) > 0).all()


def test_what_was_never_heard_changes_nothing() -> None:
    assert TuneMemory().pitch(FLAT_P) is FLAT_P
    assert heard(Event(20, 4)).pitch(FLAT_P) is FLAT_P


def test_a_motif_is_taken_up_also_in_another_key() -> None:
    transposed = [Event(event.pitch_id + 5, event.duration_id) for event in MOTIF]
    memory = heard(*MOTIF, *MOTIF, *transposed[:2])
    assert memory.pitch(FLAT_P).argmax() == transposed[2].pitch_id
    assert memory.duration(FLAT_D, transposed[2].pitch_id).argmax() == transposed[2].duration_id


def test_the_more_often_the_surer() -> None:
    shares = [heard(*MOTIF * n, MOTIF[0]).pitch(FLAT_P)[MOTIF[1].pitch_id] for n in (1, 2, 4, 8)]
    assert shares == sorted(shares)
    assert shares[-1] > 0.8


def test_rests_and_the_edges_of_the_range_are_survived() -> None:
    memory = heard(
        *[Event(i % PITCH_IDS, i % 5) for i in range(0, 600, 7)], Event(REST, 3), Event(60, 3), Event(REST, 3)
    )
    assert memory.pitch(FLAT_P).sum() == pytest.approx(1.0)


def test_a_memory_on_a_base_is_one_memory() -> None:
    base = heard(*MOTIF * 2)
    fork = TuneMemory(base=base)
    fork.extend(MOTIF)
    whole = heard(*MOTIF * 3)
    assert fork.pitch(FLAT_P) == pytest.approx(whole.pitch(FLAT_P))
    assert base.pitch(FLAT_P) == pytest.approx(heard(*MOTIF * 2).pitch(FLAT_P))


def test_what_the_network_rules_out_a_memory_does_not_bring_back() -> None:
    plain, recalled = np.array([0.5, 0.5, 0.0]), np.array([0.1, 0.1, 0.8])
    share = probabilities(lean(plain, recalled, 0.7), temperature=1.0, top_p=1.0)
    assert share[2] < 0.05
    assert probabilities(lean(plain, recalled, 0.0), temperature=1.0, top_p=1.0) == pytest.approx(plain, abs=1e-6)


def test_a_phrase_that_grows_and_changes_its_mind_is_remembered_as_it_is() -> None:
    phrase = PhraseMemory()
    events = MOTIF * 5
    for count in range(1, len(events)):
        phrase.of([*events[:count], Event(50, 7)])  # the last event is read otherwise once the next is there
    assert phrase.of(events).pitch(FLAT_P) == pytest.approx(heard(*events).pitch(FLAT_P))
    other = [Event(10, 2), *events]
    assert phrase.of(other).pitch(FLAT_P) == pytest.approx(heard(*other).pitch(FLAT_P))
