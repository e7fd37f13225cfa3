"""All four models in one rack, the shipped bundles, with a real player process on the memory back end."""

from collections.abc import Iterator

import pytest

from realtime.engine import commands as ask
from realtime.engine.options import PartStart, load_model
from realtime.engine.reports import ModelFailed, PartLaunched, Refused, TurnStarted
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.messages import Counters, Panic, Sent, Silenced
from tests.engine.rig import Performance

pytestmark = pytest.mark.processes
BAR = 1920
LOOPS = ("morph", "quartet", "sketch")


@pytest.fixture
def band() -> Iterator[Performance]:
    names = ("continue", *LOOPS)
    parts = [PartStart(PartSetup(model=name, seed=7), load_model(name)) for name in names]
    performance = Performance(parts, rules=TurnRules(length="endless"))
    yield performance
    performance.ask(ask.Forward(Panic()))
    performance.wait(Silenced)
    performance.end()
    assert performance.hung() == {}
    assert not performance.of(ModelFailed)


def channels(performance: Performance, part: str) -> set[int]:
    return {sent.data[0] & 0x0F for sent in performance.ons(part)}


def test_four_parts_play_together_on_channels_of_their_own(band: Performance) -> None:
    starts = {launch.part: launch.start_tick for launch in band.wait(PartLaunched, 3)}
    assert {(start - starts["morph"]) % BAR for start in starts.values()} == {0}
    band.play(60, 62, 64)
    (turn,) = band.wait(TurnStarted)
    assert (turn.start_tick - starts["morph"]) % 480 == 0
    for part in ("continue", *LOOPS):
        band.wait(Sent, 6, lambda sent, part=part: sent.part.split("/")[0] == part)
    assert channels(band, "continue") == {0}
    assert channels(band, "morph") == {1}
    assert channels(band, "quartet") <= {2, 3, 4, 5}
    assert channels(band, "sketch") <= {6, 7, 8, 10}  # 9 is the drums'
    assert not band.of(Refused)


def test_music_is_passed_along_the_parts(band: Performance) -> None:
    band.wait(PartLaunched, 3)
    for part in LOOPS:
        band.wait(Sent, 8, lambda sent, part=part: sent.part.split("/")[0] == part)
    before = {part: {sent.generation for sent in band.ons(part)} for part in LOOPS}
    band.ask(ask.Take("quartet", "morph"), ask.Take("sketch", "quartet"), ask.SetControl("mode", "vary", "sketch"))
    for part in ("quartet", "sketch"):
        new = before[part]
        band.wait(
            Sent, 4, lambda sent, part=part, new=new: sent.part.split("/")[0] == part and sent.generation not in new
        )
    assert not band.of(Refused)


def test_phrases_that_follow_one_another_do_not_run_late(band: Performance) -> None:
    band.ask(ask.SetControl("evolve", "on", "quartet"), ask.SetControl("evolve", "on", "sketch"))
    band.wait(PartLaunched, 3)
    band.wait(Sent, 60, lambda sent: sent.part.startswith("quartet"))
    assert not band.of(Refused)
    assert all(counters.late_ons_dropped == 0 for counters in band.of(Counters))
