"""Who the soak says it was, and what it calls growth."""

import pytest

from realtime.player.midi_bytes import control_change, note_off, note_on
from tests.faults.ledger import BY_PANIC, BY_SERVER, STRUCK_TWICE, Event, Ledger, Lost
from tests.faults.soak_reasons import MACHINE, MUSIC, NOBODY, SECOND, Counted, Evidence, Harm
from tests.faults.soak_watch import Growth, Look, growth

A_MINUTE_NS = 60 * SECOND


def harm(name: str, begin: float = 60.0, length: float = 0.5) -> Harm:
    return Harm(name=name, begin_ns=round(begin * SECOND), end_ns=round((begin + length) * SECOND))


def lost(kind: str, since: float, until: float) -> Lost:
    return Lost(kind=kind, channel=0, pitch=60, since_ns=round(since * SECOND), until_ns=round(until * SECOND))


@pytest.mark.parametrize(
    ("kind", "tape", "name", "since", "until", "who"),
    [
        (BY_PANIC, "tape", "player killed", 59.0, 61.5, "player killed"),
        (BY_PANIC, "third", "window's player killed", 59.0, 63.0, "window's player killed"),
        (BY_PANIC, "third", "player killed", 59.0, 61.5, NOBODY),  # another Hocket's
        (BY_PANIC, "tape", "engine killed", 59.0, 61.5, NOBODY),  # its player releases
        (BY_PANIC, "tape", "player killed", 61.0, 62.0, NOBODY),  # begun after it
        (BY_PANIC, "tape", "player killed", 58.0, 59.0, NOBODY),  # ended before it
        (BY_SERVER, "second", "server restarted", 59.9, 60.1, "server restarted"),
        (BY_SERVER, "second", "second Hocket killed", 59.9, 60.1, NOBODY),
        (STRUCK_TWICE, "tape", "player suspended", 59.9, 62.0, "player suspended"),
        (STRUCK_TWICE, "tape", "tempo changed", 59.9, 62.0, NOBODY),
    ],
)
def test_a_lost_note_is_explained_by_a_harm_to_its_own_player_while_it_sounded(
    kind: str, tape: str, name: str, since: float, until: float, who: str
) -> None:
    evidence = Evidence([harm("panic", 10.0), harm(name)], [])
    assert evidence.of_lost(tape, lost(kind, since, until), []) == who


def test_or_by_periods_that_its_listener_missed() -> None:
    evidence, note = Evidence([harm("panic")], []), lost(STRUCK_TWICE, 60.0, 62.0)
    assert evidence.of_lost("tape", note, [61 * SECOND]) == MACHINE
    assert evidence.of_lost("tape", note, [63 * SECOND]) == NOBODY


@pytest.mark.parametrize(
    ("key", "name", "told", "who"),
    [
        ("late_events", "player suspended", 61.0, "player suspended"),
        ("late_events", "player suspended", 70.0, NOBODY),
        ("late_events", "knobs turned", 61.0, NOBODY),
        ("late_events", "player killed", 64.0, "player killed"),  # the next one's start
        ("refused_notes", "transport stopped", 61.0, "transport stopped"),
        ("refused_notes", "part added, removed", 61.0, NOBODY),
        ("doubled_notes", "panic", 99.0, MUSIC),
        ("overflow", "controllers flooded", 60.2, "controllers flooded"),
    ],
)
def test_a_count_is_explained_by_a_harm_shortly_before_it(key: str, name: str, told: float, who: str) -> None:
    counted = Counted(key=key, count=1, told_ns=round(told * SECOND))
    assert Evidence([harm(name)], []).of_counted(counted) == who


@pytest.mark.parametrize(
    ("name", "when", "who"),
    [("panic", 58.0, "output unplugged"), ("panic", 50.0, NOBODY), ("tempo changed", 58.0, NOBODY)],
)
def test_an_output_that_is_back_makes_events_late_only_shortly_after_a_panic(name: str, when: float, who: str) -> None:
    counted = Counted(key="late_events", count=1, told_ns=61 * SECOND)
    assert Evidence([harm(name, when), harm("output unplugged")], []).of_counted(counted) == who


def test_lateness_alone_is_explained_by_a_machine_that_was_late() -> None:
    evidence = Evidence([], [A_MINUTE_NS])
    for key, who in (("late_events", MACHINE), ("refused_notes", NOBODY)):
        assert evidence.of_counted(Counted(key=key, count=1, told_ns=A_MINUTE_NS + SECOND // 2)) == who
    assert evidence.of_counted(Counted(key="late_events", count=1, told_ns=A_MINUTE_NS + SECOND)) == NOBODY


def test_a_ledger_says_of_each_lost_note_what_ended_it() -> None:
    events: list[Event] = [
        (10, note_on(1, 60, 90)),
        (20, note_on(1, 60, 90)),
        (30, control_change(1, 123, 0)),
        (40, note_on(2, 61, 90)),
        (50, None),
        (60, note_on(2, 62, 90)),
        (70, note_off(2, 62)),
    ]
    ledger = Ledger()
    ledger.add(events)
    assert [(each.kind, each.channel, each.since_ns, each.until_ns) for each in ledger.lost] == [
        (STRUCK_TWICE, 1, 10, 20),
        (BY_PANIC, 1, 20, 30),
        (BY_SERVER, 2, 40, 50),
    ]
    assert ledger.ons - ledger.offs == ledger.struck_twice + ledger.ended_by_panic + ledger.ended_by_server
    assert not ledger.hung


def life(mb_a_minute: float, minutes: float, *, step_mb: float = 0.0, handles: int = 0) -> Growth:
    ages = [2.0 * number for number in range(round(30 * minutes))]
    looks = [
        Look(age, 100 + mb_a_minute * age / 60 + step_mb * (age > 60), 9 + handles * (age > 100), 5) for age in ages
    ]
    return growth("engine", looks)


def test_steady_growth_is_a_leak_and_a_step_is_none() -> None:
    assert life(0.5, 6).mb == pytest.approx(5.0)
    assert life(0.5, 6).is_leak
    assert not life(0.1, 14).is_leak
    assert not life(0.0, 6, step_mb=1.5).is_leak
    assert life(0.0, 6, handles=3).is_leak
