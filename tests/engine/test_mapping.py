"""Controllers that move controls."""

import pytest

from realtime.bundle.spec import ControlSpec, choice
from realtime.engine.learning import Learner, as_pair
from realtime.engine.mapping import Key, Mapper
from realtime.engine.maps import ControlMap

SPECS = {
    "density": ControlSpec(name="density", low=0, high=1, default=0.5),
    "voices": ControlSpec(name="voices", low=1, high=4, default=1, integer=True),
    "scale": choice("scale", ("major", "minor", "dorian"), text="scale"),
}


def cc(number: int, value: int, channel: int = 0) -> bytes:
    return bytes((0xB0 | channel, number, value))


def on(control: str = "density", **fields: object) -> ControlMap:
    return ControlMap(control=control, part="bass", **{"cc": 21, **fields})  # type: ignore[arg-type]


class Desk:
    """Controls with values that a mapper moves."""

    def __init__(self, *maps: ControlMap, **values: float) -> None:
        self.values = {name: spec.default for name, spec in SPECS.items()} | values
        self.mapper = Mapper(self._value_of)
        self.mapper.maps = maps

    def _value_of(self, key: Key) -> tuple[ControlSpec, float] | None:
        part, name = key
        return (SPECS[name], self.values[name]) if part == "bass" and name in SPECS else None

    def hear(self, *messages: bytes) -> dict[str, float]:
        for message in messages:
            self.mapper.hear(message)
        moved = {control: value for (_, control), value in self.mapper.take()}
        self.values |= moved
        return moved


@pytest.mark.parametrize(
    ("control", "place", "value"),
    [("density", 127, 1.0), ("density", 0, 0.0), ("voices", 127, 4.0), ("voices", 64, 3.0), ("scale", 127, 2.0)],
)
def test_seven_bits_go_over_the_whole_range(control: str, place: int, value: float) -> None:
    assert Desk(on(control)).hear(cc(21, place)) == {control: value}


def test_a_range_may_be_narrow_and_upside_down() -> None:
    assert Desk(on(low=0.25, high=0.75)).hear(cc(21, 127)) == {"density": 0.75}
    assert Desk(on(low=1.0, high=0.2)).hear(cc(21, 127)) == {"density": 0.2}
    assert Desk(on(low=0.0, high=9.0)).hear(cc(21, 127)) == {"density": 1.0}  # never over the control's own


def test_only_the_channel_that_is_mapped_counts() -> None:
    desk = Desk(on(channel=3))
    assert desk.hear(cc(21, 127)) == {}
    assert desk.hear(cc(21, 127, channel=2)) == {"density": 1.0}
    assert desk.mapper.controllers == ((2, 21),)
    assert len(Desk(on()).mapper.controllers) == 16
    assert not desk.mapper.hear(bytes((0x92, 21, 127)))


def test_a_flood_comes_to_one_value() -> None:
    assert Desk(on()).hear(*(cc(21, value) for value in range(128))) == {"density": 1.0}


def test_fourteen_bits_never_jump_back_between_coarse_and_fine() -> None:
    desk = Desk(on(mode="14-bit"))
    assert desk.hear(cc(21, 64)) == {"density": pytest.approx((64 << 7 | 64) / 16383)}
    assert desk.hear(cc(53, 1)) == {"density": pytest.approx((64 << 7 | 1) / 16383)}
    assert desk.hear(cc(21, 65)) == {}  # its fine part is still to come
    assert desk.hear(cc(53, 0)) == {"density": pytest.approx((65 << 7) / 16383)}
    assert desk.hear(cc(21, 127), cc(53, 127)) == {"density": 1.0}


@pytest.mark.parametrize(("mode", "up", "down"), [("relative-2s", 1, 127), ("relative-64", 65, 63)])
def test_relative_controllers_go_on_from_the_value_that_is(mode: str, up: int, down: int) -> None:
    desk = Desk(on(mode=mode), density=0.5)
    assert desk.hear(cc(21, up), cc(21, up)) == {"density": pytest.approx(0.5 + 2 / 127)}
    desk.values["density"] = 0.25  # by someone else
    assert desk.hear(cc(21, down)) == {"density": pytest.approx(0.25 - 1 / 127)}
    desk.values["density"] = 1.0
    assert desk.hear(cc(21, up)) == {}
    assert Desk(on("voices", mode=mode)).hear(cc(21, up)) == {"voices": 2.0}  # a step a click
    assert Desk(on(mode=mode, low=1.0, high=0.0), density=0.5).hear(cc(21, up)) == {
        "density": pytest.approx(0.5 - 1 / 127)
    }


def test_pick_up_waits_until_the_controller_meets_the_value_and_again_after_another_hand() -> None:
    desk = Desk(on(takeover="pick-up"), density=0.5)
    assert desk.hear(cc(21, 10)) == {}
    assert desk.hear(cc(21, 40)) == {}
    assert desk.hear(cc(21, 80)) == {"density": pytest.approx(80 / 127)}  # past it
    assert desk.hear(cc(21, 10)) == {"density": pytest.approx(10 / 127)}
    desk.values["density"] = 0.9
    assert desk.hear(cc(21, 20)) == {}
    assert desk.hear(cc(21, 114)) == {"density": pytest.approx(114 / 127)}  # near enough


def test_scale_brings_both_to_the_end_together() -> None:
    desk = Desk(on(takeover="scale"), density=0.5)
    assert desk.hear(cc(21, 0)) == {}  # where it is, is not known yet
    assert desk.hear(cc(21, 64))["density"] == pytest.approx(0.5 + 0.5 * 64 / 127)
    assert desk.hear(cc(21, 127))["density"] == pytest.approx(1.0)
    assert desk.hear(cc(21, 0))["density"] == pytest.approx(0.0)


def test_a_map_to_what_is_not_there_does_nothing_but_swallows() -> None:
    desk = Desk(on("tone"))
    assert desk.mapper.hear(cc(21, 5))
    assert desk.hear(cc(21, 99)) == {}


def learn(*messages: bytes) -> ControlMap | None:
    learner = Learner("bass", "density")
    return next((found for message in messages if (found := learner.hear(message)) is not None), None)


def test_what_moves_by_more_than_a_little_is_learned_with_its_channel() -> None:
    assert learn(cc(7, 100), cc(21, 3), cc(7, 101), cc(7, 99), cc(21, 7, 0)) == on(channel=1)
    assert learn(cc(7, 100), cc(7, 102), cc(7, 99)) is None  # it shakes
    assert learn(cc(30, 0, 4), cc(30, 127, 4)) == on(cc=30, channel=5)
    assert learn(cc(123, 0), cc(123, 127), bytes((0xE0, 0, 0)), bytes((0xE0, 0, 100))) is None


def test_a_knob_without_ends_is_learned_by_its_turns() -> None:
    assert learn(*[cc(21, 1)] * 3) is None
    assert learn(*[cc(21, 1)] * 4) == on(channel=1)


def test_a_pair_is_learned_as_fourteen_bits() -> None:
    pair = on(cc=1, channel=1, mode="14-bit")
    assert learn(cc(1, 64), cc(33, 0), cc(1, 64), cc(33, 90)) == pair
    first = learn(cc(1, 0), cc(1, 64))
    assert first == on(cc=1, channel=1)
    assert as_pair(first, cc(33, 9)) == pair
    assert as_pair(first, cc(34, 9)) is None
    assert as_pair(first, cc(33, 9, channel=1)) is None
