"""Faults 2, 3, 4, 10: ports that are not there, go, come back, or lead back to themselves."""

import os
import signal
import time
from collections.abc import Callable

import jack
import pytest

from realtime.engine.commands import DescribeRack
from realtime.engine.reports import RackDescribed
from realtime.messages import Counters, InputMuted, Plugged, PortLost, Ready
from realtime.player.midi_bytes import is_note_on, note_off, note_on
from tests.faults.long import LONG
from tests.faults.rig import MS, Tape, playing, session_of, wait_until
from tests.jack_server import JackServer

pytestmark = [pytest.mark.jack, pytest.mark.processes]
Measured = Callable[[int, str, float], None]
NewTape = Callable[..., Tape]
KEYS = 15  # the channel of the musician's keys, which no part has


def test_an_output_that_comes_later_is_waited_for(server: JackServer, new_tape: NewTape, measured: Measured) -> None:
    with playing(session_of(output="late:ear")) as played:
        (told,) = played.wait(Plugged)
        assert told == Plugged("late:ear", "out", "", there=False)
        late = new_tape("late")
        took = late.wait_for_music(2.0, ons=1)
        measured(2, "port appears to first note, s", took)
        assert played.close() == 0
        late.wait_for_silence(0.5)


def test_an_output_that_takes_no_connection_yet_is_waited_for(server: JackServer) -> None:
    slow = jack.Client("slow", no_start_server=True)
    slow.midi_inports.register("ear")  # nobody can connect to it before its program is active
    with playing(session_of(output="slow:ear")) as played:
        assert played.wait(Plugged)[0] == Plugged("slow:ear", "out", "", there=False)
        slow.activate()
        wait_until(lambda: any(told.there for told in played.of(Plugged)), "it to be taken", 2.0)
        assert played.close() == 0
    slow.close()


def test_a_keyboard_that_is_unplugged_with_keys_held(tape: Tape, new_tape: NewTape, measured: Measured) -> None:
    keyboard = new_tape("keys", plays=True)
    with playing(session_of(input="keys:mouth", thru=True)) as played:
        tape.wait_for_music()
        keyboard.play(*(note_on(KEYS, pitch, 80) for pitch in (60, 64, 67)))
        tape.wait(lambda ledger: ledger.ons[KEYS] == 3, "the keys")
        keyboard.close()
        (gone,) = played.wait(Plugged, 1, lambda told: told.direction == "in" and not told.there, 3.0)
        told_ns = time.monotonic_ns()
        tape.wait(lambda ledger: ledger.offs[KEYS] == 3, "the keys to be released", 1.0)
        released_ns = max(ns for ns, data in tape.events if data and data[:1] == note_off(KEYS, 0)[:1])
        measured(3, "loss noticed to last release, ms", (released_ns - told_ns) / MS)
        assert released_ns - told_ns < 100 * MS
        assert gone.name == "keys:mouth"
        tape.wait_for_music()  # the part was left alone
        keyboard = new_tape("keys", plays=True)
        took = wait_until(lambda: any(told.there for told in played.of(Plugged)), "the keyboard to be taken again", 2.0)
        measured(3, "plugged in again to taken, s", took)
        keyboard.play(note_on(KEYS, 72, 80), note_off(KEYS, 72))
        tape.wait(lambda ledger: ledger.offs[KEYS] == 4, "the key")
        assert played.close() == 0
    assert tape.is_balanced()


def test_an_output_that_is_unplugged_while_notes_sound(tape: Tape, measured: Measured) -> None:
    with playing(session_of()) as played:
        tape.wait_for_music()
        tape.wait(lambda ledger: ledger.hung > 0, "a note that sounds")
        tape.order("unplug")
        hung = tape.listen().hung
        assert hung > 0
        played.wait(Plugged, 1, lambda told: not told.there, 2.0)
        tape.order("plug")
        took = wait_until(lambda: any(told.there for told in played.of(Plugged)), "the device to be taken again", 2.0)
        measured(3, "output replugged to taken, s", took)
        tape.wait_for_music()
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()
    assert not tape.ledger.struck_twice.total()  # what had hung was released before anything was struck anew


@pytest.mark.parametrize("backend", ["jack", pytest.param("rtmidi-jack", marks=LONG)])
def test_a_killed_server_is_told_and_the_music_comes_back(
    mortal_server: JackServer, new_tape: NewTape, measured: Measured, backend: str
) -> None:
    tape = new_tape("tape")
    with playing(session_of(backend=backend)) as played:
        tape.wait_for_music()
        begin = time.monotonic()
        mortal_server.kill()
        played.wait(PortLost, 1, seconds=2.5)
        measured(4, f"{backend}: server killed to loss told, s", time.monotonic() - begin)
        begin = time.monotonic()
        played.ask(DescribeRack())
        played.wait(RackDescribed, 1, seconds=1.0)
        measured(4, f"{backend}: command answered without server, ms", (time.monotonic() - begin) * 1000)
        mortal_server.start()
        begin = time.monotonic()
        played.wait(Ready, 2, seconds=4.0)
        measured(4, f"{backend}: server back to ports back, s", time.monotonic() - begin)
        tape.wait_for_music(5.0, ons=1)
        measured(4, f"{backend}: server back to first note, s", time.monotonic() - begin)
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert not tape.ledger.struck_twice.total()


def test_an_output_that_is_wired_to_its_own_input(tape: Tape, keys: Tape, measured: Measured) -> None:
    wire = "Hocket:Hocket Out", "Hocket:Hocket In"
    wiring = jack.Client("wiring", no_start_server=True)
    with playing(session_of(thru=True)) as played:
        tape.wait_for_music()
        begin = time.monotonic()
        wiring.connect(*wire)
        keys.play(note_on(KEYS, 60, 80), note_off(KEYS, 60))  # thru sends it out, and the wire back in
        before = tape.listen().messages
        (told,) = played.wait(InputMuted, 1, seconds=3.0)
        detected = time.monotonic() - begin
        measured(10, "wire there to input muted, s", detected)
        assert (told.out_port, told.in_port, told.muted) == ("tape:ear", wire[1], True)
        keys.play(note_on(KEYS, 62, 80), note_off(KEYS, 62))
        time.sleep(max(0.0, begin + 1.0 - time.monotonic()))
        measured(10, "messages out in 1 s", tape.listen().messages - before)
        assert tape.ledger.messages - before < 400
        tape.wait_for_music()  # the parts play on
        measured(10, "echoes dropped", played.wait(Counters, 1, lambda told: told.echoes > 4)[-1].echoes)
        assert struck(tape) == [60]
        begin = time.monotonic()
        wiring.disconnect(*wire)
        while 64 not in struck(tape) and time.monotonic() - begin < 5.0:
            keys.play(note_on(KEYS, 64, 80), note_off(KEYS, 64))
            tape.listen()
            time.sleep(0.02)
        heard = time.monotonic() - begin
        measured(10, "wire gone to keys heard again, s", heard)
        assert not played.of(InputMuted)[-1].muted
        assert len(played.of(InputMuted)) == 2
        os.kill(played.client.pid, signal.SIGTERM)
        assert played.client.close() == 0
    wiring.close()
    assert tape.is_balanced()
    assert detected < 1.0
    assert heard < 3.0


def struck(tape: Tape) -> list[int]:
    """Pitches of the musician's own keys that the tape has heard."""
    return [data[1] for _, data in tape.events if data and is_note_on(data) and data[0] & 15 == KEYS]
