from dataclasses import dataclass

import pytest

from realtime.engine.routing import Routing, Thru
from realtime.errors import UsageError
from realtime.messages import Message, SetPorts, SetThru, Way


@dataclass
class FakePart:
    name: str
    ways: tuple[Way, ...]


LEAD, BASS = FakePart("lead", (Way("", 0),)), FakePart("bass", (Way("low", 1), Way("low", 2)))


def routing(thru: Thru | None = None) -> tuple[Routing, list[Message]]:
    sent: list[Message] = []
    made = Routing(sent.append)
    made.thru = thru or Thru()
    return made, sent


def test_nothing_is_told_that_the_player_knows() -> None:
    made, sent = routing()
    made.tell([LEAD])
    assert sent == []


def test_outputs_come_and_go_with_their_parts() -> None:
    made, sent = routing()
    made.tell([LEAD, BASS])
    made.tell([BASS, LEAD])
    assert sent == [SetPorts(("low",))]
    made.tell([LEAD])
    assert sent[1:] == [SetPorts(())]


def test_another_player_is_told_all_anew() -> None:
    made, sent = routing(Thru(mode="all"))
    made.tell([BASS])
    made.forget()
    made.tell([BASS])
    assert sent == [SetPorts(("low",)), SetThru("all")] * 2


def test_thru_follows_its_part_and_stops_without_it() -> None:
    made, sent = routing(Thru(mode="controls", part="bass"))
    made.tell([LEAD, BASS])
    assert sent == [SetPorts(("low",)), SetThru("controls", (Way("low", 1), Way("low", 2)))]
    made.tell([LEAD, FakePart("bass", (Way("low", 9),))])
    made.tell([LEAD])
    assert sent[2:] == [SetThru("controls", (Way("low", 9),)), SetPorts(()), SetThru("off")]


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(UsageError, match="off, controls, all, got 'some'"):
        Thru(mode="some")
