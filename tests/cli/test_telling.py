import pytest

from realtime.cli.telling import REFUSALS_A_SECOND, Teller
from realtime.engine import reports as told
from realtime.engine.maps import ControlMap
from realtime.messages import Counters, InputMuted, Plugged, PortLost, Ready, Silenced, Transport
from tests.takes.examples import take


class Watch:
    """A clock that stands until it is moved."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def turn(length_ticks: int) -> told.TurnStarted:
    return told.TurnStarted(
        generation=3, seed=7, origin_tick=0, start_tick=0, length_ticks=length_ticks, prompt_notes=5, judged_ns=0
    )


@pytest.mark.parametrize(
    ("report", "lines"),
    [
        (turn(960), ["answer 3: 5 notes heard, 2 beats, seed 7"]),
        (turn(480 * 5000), ["answer 3: 5 notes heard, until you play, seed 7"]),
        (told.Yielded(3, "continue"), ["answer 3 gave way"]),
        (told.PartLaunched(part="morph", start_tick=0), ["morph plays"]),
        (told.RackChanged(("a", "b")), ["parts: a, b"]),
        (told.SessionSaved("set.toml"), ["saved to set.toml"]),
        (told.Refused("no"), ["no"]),
        (
            InputMuted(in_port="Hocket In", out_port="Hocket Out", muted=True),
            [
                "MIDI loop: what leaves 'Hocket Out' comes back in at 'Hocket In', which is muted as long as it does "
                "(hear: listen all the same)"
            ],
        ),
        (
            InputMuted(in_port="Hocket In", out_port="Hocket Out", muted=False),
            ["MIDI: 'Hocket In' is heard again"],
        ),
        (told.ModelFailed("bass: NaN"), ["the model failed, and is asked again soon: bass: NaN"]),
        (
            told.ModelFailed("bass: NaN", is_final=True),
            ["the model failed; it is asked no more (swap bass: try again): bass: NaN"],
        ),
        (Silenced(2), ["panic: 2 sounding notes released"]),
        (PortLost("jackd"), ["MIDI lost: jackd"]),
        (Plugged("keys", "in", "", there=False), ["MIDI: 'keys' is not there; waiting for it"]),
        (Plugged("keys", "in", "", there=True), ["MIDI: 'keys' is there"]),
        (Counters(), []),
        (told.TakeKept(take()), ["take 20260131-120000-001: 3 notes of band"]),
        (told.MapsChanged(()), ["no knob moves anything"]),
        (
            told.MapsChanged((ControlMap(control="density", part="bass", cc=21, channel=3),), "bass.range"),
            ["CC 21 on channel 3 moves bass.density (7-bit, jump)", "move a knob for bass.range"],
        ),
        (
            Ready(1, "memory", "In", "Out", "none", ("no MIDI output",)),
            ["ready: play into 'In', record 'Out' (memory)", "  no MIDI output"],
        ),
    ],
)
def test_reports_as_lines(report: told.Report, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Teller()(report)
    assert capsys.readouterr().err.splitlines() == lines


def test_who_leads_the_beat_is_told_when_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller()
    for transport in (
        Transport(playing=True, tick=0, source="internal"),
        Transport(playing=False, tick=0, source="clock", locked=False),
        Transport(playing=False, tick=0, source="clock"),
        Transport(playing=True, tick=0, source="clock"),
        Transport(playing=True, tick=0, source="clock", locked=False),
        Transport(playing=True, tick=0, source="link", peers=2),
    ):
        teller(transport)
    assert capsys.readouterr().err.splitlines() == [
        "sync: no beat comes from clock; waiting for it",
        "sync: clock leads the beat",
        "sync: no beat comes from clock; waiting for it",
        "sync: link leads the beat",
        "sync: 2 others in the Link session",
    ]


def test_a_flood_of_refusals_is_a_few_lines_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch()
    teller = Teller(watch)
    for number in range(1000):
        teller(told.Refused(f"no {number}"))
    assert capsys.readouterr().err.splitlines() == [f"no {number}" for number in range(REFUSALS_A_SECOND)]
    watch.seconds += 1.0
    teller(told.Refused("again"))
    assert capsys.readouterr().err.splitlines() == [f"({1000 - REFUSALS_A_SECOND} more were refused)", "again"]
    watch.seconds += 1.0
    teller(told.Refused("once more"))
    assert capsys.readouterr().err.splitlines() == ["once more"]
