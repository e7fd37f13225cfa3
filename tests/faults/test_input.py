"""Faults 11 to 14: what comes in is too much, no MIDI, or a clock that does as it likes."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from realtime.engine.commands import Forward
from realtime.messages import Counters, StopTransport, Transport
from realtime.player.midi_bytes import CLOCK, CONTINUE, START, STOP, note_off, note_on
from realtime.session import Session, Time
from tests.faults.long import seconds
from tests.faults.rig import Tape, playing, session_of

pytestmark = [pytest.mark.jack, pytest.mark.processes]
Measured = Callable[[int, str, float], None]
KEYS = 15
FLOOD_SECONDS = seconds(1.0, 10.0)
BATCH, BATCHES_A_SECOND = 100, 100  # 10,000 a second
PULSE = bytes((CLOCK,))
PULSES_A_BEAT = 24


def rss_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def cpu_seconds(pid: int) -> float:
    """What a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def test_a_flood_of_controllers(tape: Tape, keys: Tape, measured: Measured) -> None:
    with playing(session_of(("morph", "quartet"), thru=True)) as played:
        tape.wait_for_music()
        player, engine = played.player_pid, played.client.pid
        before_mb = rss_mb(player), rss_mb(engine)
        sent, begin, cpu = 0, time.monotonic(), cpu_seconds(engine)
        held = iter(range(30, 90))
        while time.monotonic() < begin + FLOOD_SECONDS:
            key = next(held, 90)
            flood = [bytes((0xB0 | KEYS, 1 + n % 60, (sent + n) % 128)) for n in range(BATCH - 2)]
            keys.play(note_on(KEYS, key, 80), *flood, note_off(KEYS, key))
            sent += BATCH
            time.sleep(max(0.0, begin + sent / BATCH / BATCHES_A_SECOND - time.monotonic()))
        took = time.monotonic() - begin
        measured(11, "messages a second", sent / took)
        measured(11, "engine, share of a core", (cpu_seconds(engine) - cpu) / took)
        played.wait(Counters, 1, lambda told: told.received + told.overflow >= sent)
        tape.wait_for_music(ons=4)
        played.ask(Forward(StopTransport()))
        tape.wait_for_silence(1.0)
        told = played.wait(Counters, 1, lambda told: told.ons == told.offs, 3.0)[-1]  # as the player sent them
        assert told.received + told.overflow == sent
        batches = sent // BATCH
        growth = rss_mb(player) - before_mb[0], rss_mb(engine) - before_mb[1]
        measured(11, "growth of the player, MB", growth[0])
        measured(11, "growth of the engine, MB", growth[1])
        measured(11, "input coalesced", told.coalesced)
        measured(11, "input dropped", told.overflow)
        measured(11, "periods the listener missed", tape.missed)
        assert max(growth) < 40.0
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()
    if not tape.missed:
        assert tape.ledger.ons.total() == told.ons
        assert tape.ledger.ons[KEYS] == tape.ledger.offs[KEYS] >= batches - told.overflow


RUBBISH = [
    bytes((0xF0, *(n % 128 for n in range(3000)), 0xF7)),  # a long SysEx, whole
    bytes((0xF0, 1, 2, 3)),  # and one without an end
    bytes((60, 80)),  # running status
    bytes((0x90, 60)),
    bytes((0x90, 60, 200)),
    *(bytes((status,)) for status in (0xF4, 0xF5, 0xF9, 0xFD, 0xF7, 0x90, 0x00)),
    bytes((0xF1, 3)),
    bytes((0xF3, 1)),
    bytes((0xFF,)),
]


def test_what_is_no_music_is_counted_and_nothing_else(tape: Tape, keys: Tape, measured: Measured) -> None:
    with playing(session_of(thru=True)) as played:
        tape.wait_for_music()
        messages = tape.listen().messages
        for rubbish in RUBBISH:
            keys.play(rubbish)
        keys.play(note_on(KEYS, 60, 80), note_off(KEYS, 60))
        tape.wait(lambda ledger: ledger.offs[KEYS] == 1, "a note after it all")
        told = played.wait(Counters, 1, lambda counters: counters.ignored_input > 0)[-1]
        time.sleep(0.6)
        told = played.of(Counters)[-1]
        measured(12, "broken messages sent", len(RUBBISH))
        measured(12, "counted as ignored", told.ignored_input)
        assert len(RUBBISH) - 4 <= told.ignored_input <= len(RUBBISH)  # JACK itself may throw some away
        assert tape.listen().messages < messages + 200
        assert tape.ledger.invalid == 0
        tape.wait_for_music()
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()


def led_by_clock() -> Session:
    session = session_of(("morph", "quartet"))
    return Session(ports=session.ports, time=Time(bpm=120.0, sync="clock"), part=session.part)


def pulses(keys: Tape, length_seconds: float, bpm: float = 200.0) -> None:
    """A clock from outside."""
    begin, length = time.monotonic(), 60 / bpm / PULSES_A_BEAT
    for number in range(round(length_seconds / length)):
        time.sleep(max(0.0, begin + number * length - time.monotonic()))
        keys.play(PULSE)


def test_a_clock_that_ceases_without_a_word(tape: Tape, keys: Tape, measured: Measured) -> None:
    with playing(led_by_clock()) as played:
        pulses(keys, 0.5)
        keys.play(bytes((START,)))
        pulses(keys, 2.0)
        assert tape.listen().ons.total() > 8
        ceased = time.monotonic()
        tape.wait(lambda ledger: ledger.hung > 0 or time.monotonic() > ceased + 0.3, "a note")
        played.wait(Transport, 1, lambda told: not told.playing and told.tick > 0, 3.0)
        tape.wait_for_silence(1.0)
        measured(13, "clock ceased to last note-off, s", time.monotonic() - ceased)
        assert time.monotonic() - ceased < 2.0
        ons = tape.ledger.ons.total()
        time.sleep(0.5)
        assert tape.listen().ons.total() == ons
        assert played.close() == 0
    assert tape.is_balanced()


def test_start_stop_and_song_position_at_will(tape: Tape, keys: Tape, measured: Measured) -> None:
    def position(sixteenth: int) -> bytes:
        return bytes((0xF2, sixteenth & 127, sixteenth >> 7))

    with playing(led_by_clock()) as played:
        pulses(keys, 0.5)
        orders = [[CONTINUE], [START], [START], [STOP], [STOP], [CONTINUE], [START, STOP, START]]
        for order in orders:
            keys.play(*(bytes((status,)) for status in order))
            pulses(keys, 0.3)
        for place in (0, 16, 16383):  # while it plays
            keys.play(position(place))
            pulses(keys, 0.3)
        keys.play(bytes((STOP,)), position(8), bytes((CONTINUE,)))
        pulses(keys, 0.8)
        keys.play(bytes((STOP,)), bytes((STOP,)))
        pulses(keys, 0.3)
        tape.wait_for_silence(0.5)
        measured(14, "notes among all of it", tape.ledger.ons.total())
        assert tape.ledger.ons.total() > 8
        assert tape.is_balanced()
        assert played.close() == 0
    assert tape.is_balanced()
