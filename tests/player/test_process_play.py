"""The real process: notes go out in time, orders are answered, input is passed on; with and without JACK."""

import statistics
import subprocess
import sys
import time

import pytest

from realtime.messages import Chunk, ChunkNote, Clock, Cut, Inject, Panic, Played, Quit, Sent, SetTempo, Silenced
from realtime.player.midi_bytes import is_note_on, note_off, note_on
from realtime.wire import Sender
from tests.player.jack_peer import JackPeer, wait_until
from tests.player.player_process import MS, PlayerProcess, offs, sound_a_chord

pytestmark = pytest.mark.processes


def test_notes_leave_when_they_are_due(player: PlayerProcess) -> None:
    start = player.tick() + 100
    notes = tuple(ChunkNote(start + 10 * index, 30 + index, 5, 80) for index in range(50))
    player.send(Chunk(part="a", generation=1, channel=0, start_tick=start, notes=notes))
    player.wait(lambda: len(player.of(Sent)) == 100, "not all notes were sent")
    late_ms = [(sent.sent_ns - sent.due_ns) / MS for sent in player.of(Sent)]
    assert min(late_ms) >= 0
    assert statistics.median(late_ms) < 1.0


def test_a_note_that_is_due_now_leaves_within_milliseconds(player: PlayerProcess) -> None:
    took_ms = []
    for index in range(40):
        handed_ns = time.monotonic_ns()
        note = ChunkNote(player.tick(), 60, 1, 80)
        player.send(Chunk(part="a", generation=1, channel=0, start_tick=note.start_tick, notes=(note,)))
        player.wait(lambda want=2 * index + 2: len(player.of(Sent)) == want, "the note was not sent")  # type: ignore[misc]
        took_ms.append((player.of(Sent)[-2].sent_ns - handed_ns) / MS)
    assert statistics.median(took_ms) < 5.0


def test_cut_releases(player: PlayerProcess) -> None:
    sound_a_chord(player)
    player.send(Cut(part="a", generation=2))
    player.wait(lambda: offs(player) == 12, "the chord still sounds")


def test_panic_is_answered(player: PlayerProcess) -> None:
    sound_a_chord(player)
    player.send(Panic(everything=True))
    player.wait(lambda: player.of(Silenced) == [Silenced(released=12)], "no answer to the panic")


def test_tempo_is_answered(player: PlayerProcess) -> None:
    player.send(SetTempo(bpm=90.0))
    player.wait(lambda: player.of(Clock)[-1].bpm == 90.0, "no new clock")


def test_input_is_passed_on(player: PlayerProcess) -> None:
    player.send(Inject(data=note_on(0, 60, 0)))
    player.wait(lambda: bool(player.of(Played)), "the input was not passed on")
    assert player.of(Played)[0].data == note_off(0, 60)


def test_an_engine_that_does_not_read_does_not_stop_the_music() -> None:
    command = [sys.executable, "-m", "realtime.player", "--backend", "memory", "--trace"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        sender = Sender(process.stdin)  # type: ignore[arg-type]
        notes = tuple(ChunkNote(0, pitch, 1, 80) for pitch in range(128))
        for generation in range(30):
            for channel in range(16):
                sender.send(
                    Chunk(part=f"p{channel}", generation=generation, channel=channel, start_tick=0, notes=notes)
                )
        sender.send(Quit())
        assert process.wait(10) == 0  # nobody has read a single message


@pytest.mark.jack
def test_jack_notes_arrive_at_their_sample(jack_player: tuple[PlayerProcess, JackPeer]) -> None:
    player, peer = jack_player
    start = player.tick() + 200
    notes = tuple(ChunkNote(start + 7 * index, 30 + index, 3, 80) for index in range(50))
    player.send(Chunk(part="a", generation=1, channel=0, start_tick=start, notes=notes))
    wait_until(lambda: len({data for _, data in peer.heard}) == 100, "all notes at the recorder")
    anchor = player.of(Clock)[-1].anchor()
    heard = {data[1]: time_ns for time_ns, data in reversed(peer.heard) if is_note_on(data)}  # JACK may repeat a cycle
    late_ms = [(heard[note.pitch] - anchor.time_of(note.start_tick)) / MS for note in notes]
    middle = statistics.median(late_ms)
    assert sorted(abs(late - middle) for late in late_ms)[-1] < 1.5


@pytest.mark.jack
def test_jack_input_is_stamped_and_passed_on(jack_player: tuple[PlayerProcess, JackPeer]) -> None:
    player, peer = jack_player
    before_ns = time.monotonic_ns()
    peer.play(note_on(1, 64, 99))
    player.wait(lambda: bool(player.of(Played)), "the input was not passed on")
    played = player.of(Played)[0]
    assert played.data == note_on(1, 64, 99)
    assert before_ns - 10 * MS < played.time_ns < time.monotonic_ns()
