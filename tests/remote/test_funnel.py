import random

from realtime.engine import commands as ask
from realtime.messages import Panic, SetTempo
from realtime.remote.funnel import COMMANDS_A_WINDOW, MAX_WAITING, WINDOW_SECONDS, Funnel

PANIC = ask.Forward(Panic())


def value(number: float, name: str = "density", part: str = "bass") -> ask.SetControl:
    return ask.SetControl(name, number, part)


def everything(funnel: Funnel) -> list[ask.Command]:
    """All that waits, however long it takes."""
    out: list[ask.Command] = []
    now = 1e6
    while commands := funnel.take(now):
        out += commands
        now += 1.0
    return out


def test_the_newest_value_stands_for_those_before_it() -> None:
    funnel = Funnel()
    for step in range(1000):
        funnel.put(value(step / 1000))
        funnel.put(ask.Forward(SetTempo(100.0 + step / 10)))
        funnel.put(ask.MorphBetween(1, 2, step / 1000, "bass"))
        funnel.put(ask.SetRule("bars", 1 + step % 4, "bass"))
    assert everything(funnel) == [
        value(0.999),
        ask.Forward(SetTempo(199.9)),
        ask.MorphBetween(1, 2, 0.999, "bass"),
        ask.SetRule("bars", 4, "bass"),
    ]
    assert funnel.dropped == 0


def test_values_of_different_controls_and_parts_do_not_meet() -> None:
    funnel = Funnel()
    commands = [value(1.0), value(1.0, "register"), value(1.0, part="lead"), value(1.0, part="")]
    for command in commands:
        funnel.put(command)
    assert everything(funnel) == commands


def test_a_value_never_overtakes_the_request_before_it() -> None:
    funnel = Funnel()
    commands = [value(0.1), ask.StoreSnapshot(1, "bass"), value(0.2), ask.StoreSnapshot(2, "bass"), value(0.3)]
    for command in commands:
        funnel.put(command)
    assert everything(funnel) == commands


def test_the_same_request_twice_in_a_window_is_one() -> None:
    funnel = Funnel()
    for _ in range(1000):
        funnel.put(ask.HandOver())
    assert everything(funnel) == [ask.HandOver()]


def test_the_first_message_goes_on_at_once_and_then_one_batch_a_window() -> None:
    funnel = Funnel()
    assert funnel.wait_seconds(10.0) is None
    funnel.put(value(0.1))
    assert funnel.wait_seconds(10.0) == 0.0
    assert funnel.take(10.0) == [value(0.1)]
    funnel.put(value(0.2))
    assert funnel.take(10.0 + WINDOW_SECONDS / 2) == []
    assert abs(funnel.wait_seconds(10.0 + WINDOW_SECONDS / 2) - WINDOW_SECONDS / 2) < 1e-9
    assert funnel.take(10.0 + WINDOW_SECONDS) == [value(0.2)]


def test_a_flood_of_many_controls_is_rationed_and_loses_nothing() -> None:
    funnel = Funnel()
    for number in range(200):
        funnel.put(value(1.0, f"control{number}"))
    batches = [funnel.take(window * WINDOW_SECONDS) for window in range(20)]
    assert max(map(len, batches)) == COMMANDS_A_WINDOW
    assert [command.name for batch in batches for command in batch] == [f"control{number}" for number in range(200)]


def test_there_is_an_end_to_what_waits_but_always_room_for_a_panic_which_goes_first() -> None:
    funnel = Funnel()
    for number in range(MAX_WAITING + 10):
        funnel.put(value(1.0, f"control{number}"))
    assert funnel.dropped == 10
    assert funnel.put(value(2.0, "control0"))  # what waits already may still change
    assert funnel.put(PANIC)
    assert funnel.put(PANIC)
    first, second, *rest = everything(funnel)
    assert (first, second) == (PANIC, value(2.0, "control0"))
    assert len(rest) == MAX_WAITING - 1


def test_ten_thousand_messages_a_second_never_hand_on_more_than_the_ration() -> None:
    rng, funnel, handed_on = random.Random(5), Funnel(), 0
    for step in range(10_000):
        funnel.put(rng.choice([value(rng.random(), f"control{rng.randrange(40)}"), ask.HandOver(f"p{step}")]))
        handed_on += len(funnel.take(step / 10_000))
    assert handed_on <= COMMANDS_A_WINDOW * (1 / WINDOW_SECONDS + 1)
