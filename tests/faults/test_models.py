"""Faults 8, 9, 20, 22: models that stall, fail, lie or are broken, while others play."""

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from realtime.engine.commands import AddPart, Forward, Launch, SetControl, SwapModel
from realtime.engine.reports import ModelFailed, PartState, RackChanged, Refused
from realtime.engine.setup import PartSetup
from realtime.messages import Chunk, ChunkNote, Counters, Panic, Quit, Sent
from realtime.player.midi_bytes import is_note_on, note_off, note_on
from tests.faults.rig import MS, Played, Tape, playing, session_of, wait_until
from tests.faults.slow_bundle import write_slow_bundle
from tests.player.player_process import PlayerProcess

pytestmark = [pytest.mark.jack, pytest.mark.processes]
Measured = Callable[[int, str, float], None]
KEYS = 15
WELL, STUCK = "p0", "p1"


@pytest.fixture(scope="module")
def slow_bundle(toy_morph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_slow_bundle(toy_morph, tmp_path_factory.mktemp("slow") / "morph")


def keep_stuck(played: Played) -> None:
    """Another order: it is at it for a second, and then told to be over."""
    played.ask(SetControl("density", 1.0 + time.monotonic() % 1, STUCK))


def failure_of(played: Played, part: str) -> str:
    """Why a part's model is asked no more, as the window hears it."""
    return next((told.failed for told in reversed(played.of(PartState)) if told.part == part), "")


def thru_ms(tape: Tape, keys: Tape, pitches: range) -> Iterator[float]:
    """How long each of these keys takes from us to the tape, by way of three processes and as many JACK periods."""
    for pitch in pitches:
        key, begin_ns = note_on(KEYS, pitch, 80), time.monotonic_ns()
        keys.play(key, note_off(KEYS, pitch))
        done = tape.listen().offs[KEYS] + 1
        tape.wait(lambda ledger, done=done: ledger.offs[KEYS] >= done, "the key through thru", 1.0)  # type: ignore[misc]
        yield (next(ns for ns, data in tape.events if data == key) - begin_ns) / MS


def test_a_model_that_stalls_and_fails_holds_up_nobody(
    tape: Tape, keys: Tape, measured: Measured, slow_bundle: Path
) -> None:
    with playing(session_of(("morph",), thru=True)) as played:
        tape.wait_for_music()
        before_ms = statistics.median(thru_ms(tape, keys, range(20, 40)))
        ons = tape.listen().ons[0]
        played.ask(AddPart(PartSetup(model=str(slow_bundle), name=STUCK, seed=7)))
        played.wait(RackChanged, 1, lambda told: STUCK in told.parts)
        began, stuck_ms = time.monotonic(), []
        for wait_ms in thru_ms(tape, keys, range(40, 80)):
            stuck_ms.append(wait_ms)
            keep_stuck(played)
            time.sleep(0.03)
        measured(8, "thru while all models work, median ms", before_ms)
        measured(8, "thru while a model is stuck, median ms", statistics.median(stuck_ms))
        measured(8, "thru while a model is stuck, worst ms", max(stuck_ms))
        assert statistics.median(stuck_ms) < 2 * before_ms + 10.0
        failures = played.wait(ModelFailed, 3)
        measured(8, "first stall to marked as failed, s", time.monotonic() - began)
        assert all(failure.text.startswith(STUCK) and "too slow" in failure.text for failure in failures)
        assert [failure.is_final for failure in failures] == [False, False, True]
        wait_until(lambda: bool(failure_of(played, STUCK)), "the window to be told", 1.0)
        assert not failure_of(played, WELL)
        assert tape.listen().ons[0] > ons + 4  # the other one played on
        began = time.monotonic()
        while time.monotonic() - began < 2.0:  # time enough to be asked, to stall and to be ended
            keep_stuck(played)
            tape.wait_for_music(1.0, ons=1)
        assert len(played.of(ModelFailed)) == 3
        played.ask(SwapModel("morph", STUCK))
        wait_until(lambda: not failure_of(played, STUCK), "the swap", 5.0)
        keep_stuck(played)  # what the other bundle stalled at
        tape.wait(lambda ledger: ledger.ons[1] > 8, "the part with the other bundle")  # it was silent so far
        assert len(played.of(ModelFailed)) == 3
        measured(8, "events later than 1 ms", played.of(Counters)[-1].late_events)
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()


def test_panic_is_heard_while_a_model_is_stuck(tape: Tape, measured: Measured, slow_bundle: Path) -> None:
    took_ms = []
    with playing(session_of(("morph", "quartet", slow_bundle))) as played:
        for _ in range(4):
            played.ask(Launch(WELL), Launch("p1"), SetControl("density", 1.0 + time.monotonic() % 1, "p2"))
            tape.wait(lambda ledger: ledger.hung >= 3, "notes that sound")
            begin_ns = time.monotonic_ns()
            played.ask(Forward(Panic()))
            tape.wait_for_silence(1.0)
            took_ms.append((tape.ledger.last_off_ns - begin_ns) / MS)
            time.sleep(0.05)
            assert not tape.listen().hung
        measured(22, "panic to last note-off, median ms", statistics.median(took_ms))
        measured(22, "panic to last note-off, worst of 4, ms", max(took_ms))
        assert played.close() == 0
    assert statistics.median(took_ms) < 20.0
    assert max(took_ms) < 60.0  # on a machine that others use too
    assert tape.is_balanced()


def test_a_model_that_is_broken_changes_nothing(
    tape: Tape, measured: Measured, toy_morph: Path, tmp_path: Path
) -> None:
    empty, half = tmp_path / "empty", write_slow_bundle(toy_morph, tmp_path / "half")
    empty.mkdir()
    graph = half / "decoder.onnx"
    graph.write_bytes(graph.read_bytes()[:1000])
    with playing(session_of(("morph", "quartet"))) as played:
        tape.wait_for_music()
        for number, folder in enumerate((empty, half, tmp_path / "nowhere")):
            played.ask(SwapModel(str(folder), WELL))
            told = played.wait(Refused, number + 1)[-1]
            assert str(folder) in told.text
        tape.wait_for_music(3.0, ons=10)
        ons = sorted(ns for ns, data in tape.events if data and data[0] == 0x90 and is_note_on(data))
        longest = max(after - before for before, after in pairwise(ons)) / 1e9
        measured(20, "longest wait between notes of the part, s", longest)
        assert longest < 2 * 60 / 160 * 4  # two bars
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()


# Start, pitch, length, velocity. All but the first is no note.
ILL = [
    (0, 60, 480, 80),
    *((0, pitch, 480, 80) for pitch in (-1, 128, 200, 1 << 40)),
    *((0, 61, 480, velocity) for velocity in (-1, 0, 128, 1 << 33)),
    *((0, 62, length, 80) for length in (0, -480, 1 << 50)),
    *((start, 63, 480, 80) for start in (1 << 50, -(1 << 50))),
    *((0, 60, 480, 80) for _ in range(50)),  # struck again and again
]


def test_nothing_that_is_no_note_leaves(tape: Tape, measured: Measured) -> None:
    with PlayerProcess("--backend", "jack", "--out", "tape:ear", "--trace") as player:
        player.wait_ready()
        tick = player.tick() + 200
        notes = tuple(ChunkNote(tick + start, pitch, length, velocity) for start, pitch, length, velocity in ILL)
        player.send(Chunk(part="ill", generation=1, channel=0, start_tick=tick, notes=notes))
        for channel in (-1, 16, 99):
            player.send(Chunk(part="far", generation=1, channel=channel, start_tick=tick, notes=notes[:1]))
        crowd = tuple(ChunkNote(tick + 480 + n % 480, n % 128, 1, 80) for n in range(50_000))  # within a beat
        for begin in range(0, 1_000_000, len(crowd)):
            chunk = Chunk(part="crowd", generation=2, channel=1, start_tick=tick + begin % 2, notes=crowd)
            player.send(chunk)
        player.sender.send(chunk)  # in one piece. Nobody's: its bytes are not even read as a message
        asked = len(ILL) + 3 + 1_000_000 + 1  # a message that is not read counts once

        def counted() -> bool:
            told = player.of(Counters)[-1]
            return told.ons + told.refused_notes + told.doubled_notes + told.overflow + told.late_ons_dropped == asked

        player.wait(lambda: bool(player.of(Counters)) and counted(), "every note to be accounted for")
        player.send(Quit())
        assert player.end() == 0
        counters = player.of(Counters)[-1]
    ledger = tape.listen()
    measured(9, "notes asked for", asked)
    measured(9, "notes played", counters.ons)
    left = [sent.data[:2] for sent in player.of(Sent) if sent.part == "ill"]
    assert left == [bytes((0x90, 60)), bytes((0x80, 60))]  # the one note that is one
    assert ledger.invalid == 0
    assert not ledger.hung
    if not tape.gaps:  # else JACK has left a cycle out, or let it be heard twice
        assert ledger.ons[0] == ledger.offs[0] == 1
        assert ledger.ons.total() == counters.ons
