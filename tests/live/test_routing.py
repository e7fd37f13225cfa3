"""Outputs of their own and devices that come and go: `hocket run` on a real JACK server, among other processes."""

import json
import time
from pathlib import Path

import pytest

from realtime.player.midi_bytes import program_change
from tests.jack_server import JackServer
from tests.live.rig import HocketRun, Peer, wait_for
from tests.player.jack_peer import wait_until

pytestmark = [pytest.mark.jack, pytest.mark.processes]
BACK_IN_SECONDS = 2.0


def session(folder: Path, model: Path, *, output: str = "", port: str = "", program: int = 1) -> Path:
    """Two parts on the same channel; the second one on an output of its own, if it has a name."""
    file = folder / "set.toml"
    file.write_text(
        f"""[ports]
backend = "jack"
output = "{output}"
[time]
bpm = 240
[[part]]
model = "{model}"
name = "lead"
channel = 1
seed = 1
[[part]]
model = "{model}"
name = "low"
channel = 1
seed = 2
port = "{port}"
program = {program}
"""
    )
    return file


def events(tape: Path) -> list[bytes]:
    return [bytes(data) for _, data in json.loads(f"[{','.join(tape.read_text().splitlines())}]")]


def is_note(data: bytes) -> bool:
    return data[0] & 0xE0 == 0x80


def hung(notes: list[bytes], *, said_again: bool = False) -> set[int]:
    """Pitches that sound at the end. An off without its on is of a note from before the tape, and only once; unless
    offs are said again to a device that is back and may not have heard them."""
    sounding: set[int] = set()
    before: set[int] = set()
    known: set[int] = set()
    for status, pitch, _ in notes:
        if status & 0xF0 == 0x90:
            assert pitch not in sounding
            sounding.add(pitch)
        else:
            assert said_again or pitch in sounding or pitch not in before | known
            before |= {pitch} - sounding
            sounding.discard(pitch)
        known.add(pitch)
    return sounding


def plugged(run: HocketRun, name: str, *, there: bool) -> int:
    reports = run.reports("Plugged")
    return sum(report["name"].endswith(name) and report["there"] == there for report in reports)


def test_a_part_plays_on_an_output_of_its_own(jack_server: JackServer, tmp_path: Path, toy_morph: Path) -> None:
    run = HocketRun(tmp_path, "--session", str(session(tmp_path, toy_morph, port="bass")))
    wait_until(lambda: plugged(run, ":Hocket Out bass", there=True) == 1, "the output")
    own, common = tmp_path / "own.jsonl", tmp_path / "common.jsonl"
    tapes = [Peer("record", str(own), "Hocket Out bass"), Peer("record", str(common))]
    from_ns = time.monotonic_ns()
    run.say("set low program 20")
    wait_for(run, "Sent", len(run.reports("Sent")) + 40)
    until_ns = time.monotonic_ns()
    code, said = run.end()
    for tape in tapes:
        tape.end()
    assert code == 0, said
    for part, port, tape in (("low", "bass", own), ("lead", "", common)):
        reports = [sent for sent in run.reports("Sent") if sent["part"] == part]
        assert {sent["port"] for sent in reports} == {port}
        heard = [data for data in events(tape) if is_note(data)]
        assert len([data for data in heard if data[0] & 0xF0 == 0x90]) >= 4
        assert hung(heard) == set()
        within = [sent for sent in reports if from_ns < sent["sent_ns"] < until_ns]
        # What sounds at the end is released then, after the last report: of a monophonic part one note.
        assert len(within) <= len(heard) <= len(reports) + 1
    changes = [data for data in events(own) if not is_note(data)][:3]
    assert changes == program_change(0, 0, 20)
    assert all(is_note(data) or data[1:2] in (b"\x40", b"\x7b") for data in events(common))  # no program of the other's


def test_a_session_waits_for_its_synth_and_takes_it_again(
    jack_server: JackServer, tmp_path: Path, toy_morph: Path
) -> None:
    run = HocketRun(tmp_path, "--session", str(session(tmp_path, toy_morph, output="synth:ear")))
    wait_until(lambda: plugged(run, "synth:ear", there=False) == 1, "word that the synth is missing")
    tape = tmp_path / "common.jsonl"
    recorder = Peer("record", str(tape))
    for count in (1, 2):
        own = tmp_path / f"synth-{count}.jsonl"
        synth = Peer("listen", str(own), "synth")
        started = time.monotonic()
        wait_until(lambda count=count: plugged(run, "synth:ear", there=True) == count, "the synth")  # type: ignore[misc]
        assert time.monotonic() - started < BACK_IN_SECONDS
        wait_for(run, "Sent", len(run.reports("Sent")) + 16)
        synth.end()
        wait_until(lambda count=count: plugged(run, "synth:ear", there=False) == count + 1, "its end")  # type: ignore[misc]
        heard = events(own)
        told = [data[:1] for data in heard if not is_note(data)]  # what it may have missed, then its sound
        assert told[-3:] == [b"\xb0", b"\xb0", b"\xc0"]
        assert sum(data[0] & 0xF0 == 0x90 for data in heard) >= 4
    code, said = run.end()
    recorder.end()
    assert code == 0, said
    assert "MIDI: 'synth:ear' is not there; waiting for it" in said
    assert "MIDI lost" not in said
    assert hung(list(filter(is_note, events(tape))), said_again=True) == set()  # our own port stays
