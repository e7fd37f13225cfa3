"""End to end through JACK: every note of the player arrives at another program, in order, at its sample."""

import threading
from pathlib import Path
from typing import Any

import pytest

from realtime.messages import Chunk, ChunkNote, Sent
from realtime.player.midi_bytes import is_note_on, note_on
from tests.benchmarks.loopback import Tape, report_of
from tests.benchmarks.timing_app import LOADS, start_load
from tests.jack_server import JackServer
from tests.player.player_process import PlayerProcess

NOTES = 1000
SPACING_TICKS = 4  # 4.2 ms
SAMPLE_US = 1e6 / 48_000
TRIES = 3


def test_the_report_counts_what_is_missing_and_measures_from_the_median() -> None:
    sent = [(1_000_000 * n, note_on(0, 60 + n, 80)) for n in range(5)]
    late_ns = (9_000, 10_000, 10_000, 14_000, 10_000)
    heard = [(at + late, data) for (at, data), late in zip(sent, late_ns, strict=True)]
    told = report_of(sent, heard)
    assert (told["sent"], told["arrived"], told["in_order"]) == (5, 5, True)
    assert (told["late_p50_us"], told["jitter_p50_us"], told["jitter_max_us"]) == (10.0, 0.0, 4.0)
    assert not report_of(sent, heard[1:])["in_order"]
    assert not report_of(sent, [heard[1], heard[0], *heard[2:]])["in_order"]


def play(load: str, tape_file: Path) -> dict[str, Any]:
    """The report on a thousand notes under a load in this process."""
    ended = threading.Event()
    with PlayerProcess("--backend", "jack", "--trace") as player:
        player.wait_ready()
        tape = Tape(tape_file)
        window = start_load(load, ended)
        try:
            first = player.tick() + 500
            notes = tuple(
                ChunkNote(first + n * SPACING_TICKS, 36 + n % 60, SPACING_TICKS - 1, 1 + n % 127) for n in range(NOTES)
            )
            player.send(Chunk(part="a", generation=1, channel=0, start_tick=first, notes=notes))
            player.wait(lambda: len(player.of(Sent)) == 2 * NOTES, "the notes are not sent", 30.0)
        finally:
            ended.set()
            if window is not None:
                window.end()
        sent = [(each.due_ns, each.data) for each in player.of(Sent) if is_note_on(each.data)]
        return report_of(sent, tape.end())


@pytest.mark.jack
@pytest.mark.parametrize("load", LOADS)
def test_a_thousand_of_a_thousand_notes_arrive_in_order_at_their_sample(
    load: str, jack_server: JackServer, tmp_path: Path
) -> None:
    for attempt in range(TRIES):
        xruns = jack_server.xruns
        told = play(load, tmp_path / f"{attempt}.jsonl")
        if jack_server.xruns == xruns:
            break  # else the machine made the server skip a cycle, with all that was in it: no player can mend that
    assert (told["sent"], told["arrived"], told["in_order"]) == (NOTES, NOTES, True)
    assert told["jitter_p99_us"] <= SAMPLE_US
