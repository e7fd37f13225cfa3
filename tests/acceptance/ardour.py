"""A real DAW records the four models: python -m tests.acceptance.ardour (Linux, with Debian's ardour and jackd2)

A JACK server of our own, `hocket run` with Continue, Morph, Quartet and Sketch, an output for each, and Ardour without
its window, which records each output on a track. While they play, sliders move and parts are drawn anew. Every note
that the player says it has sent must stand in the track's saved .mid, velocity and all. Last line: one JSON object
(`onset_*`: from the sample at which a note was sent, `late_*`: from due to sent); the exit code is 0 if no note is
missing, extra or changed, and the onsets are exact to the DAW's own grid.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

import mido

from realtime.errors import DeviceLostError
from tests.benchmarks.measure import machine, note, percentile
from tests.jack_server import JackServer
from tests.live.rig import HocketRun, wait_for
from tests.player.jack_peer import wait_until

PROGRAMS: Final = ("ardour7-lua", "ardour8-lua", "ardour9-lua")
SCRIPT: Final = Path(__file__).with_name("record.lua")
CHANNELS: Final = {"continue": 1, "morph": 2, "quartet": 3, "sketch": 7}  # of the first voice of each model
# Ardour hears messages at their sample whatever the period. With a longer one notes come late that are changed 20 ms
# before they are due; with a shorter one a busy machine makes the server skip cycles, which moves the rest of the take.
PERIOD: Final = 512
BPM: Final = 117.3  # so that notes fall between the places of Ardour's grid, of which a tick at 120 would be four
ARDOUR_BPM: Final = 120  # of a new session: seconds follow from it
ONSET_LIMIT_MS: Final = 0.3  # Ardour's grid has 1920 places a beat: 0.26 ms
ROLL_SECONDS: Final = 1.0  # Ardour says that it rolls some time before it records
SETTLE_SECONDS: Final = 3.0  # from the panic to the end of the take
TOUCHES: Final = (  # one after the other while the parts play
    "set morph density 1.2",
    "reroll quartet",
    "reroll sketch",
    "set morph register -1",
    "take sketch quartet 2",
    "go continue",
)
Key = tuple[str, int, int]  # track, channel, pitch
Strike = tuple[float, int]  # seconds, velocity


def write_session(folder: Path) -> Path:
    """Four parts that wait to be launched, each on an output of its own."""
    parts = (
        f'[[part]]\nmodel = "{model}"\nname = "{model}"\nport = "{model}"\nchannel = {channel}\nseed = {channel}\n'
        f"playing = {'true' if model == 'continue' else 'false'}\n"
        "post = { swing = 0.31, humanise_ticks = 9, humanise_velocity = 12 }\n"  # off every grid that would flatter
        for model, channel in CHANNELS.items()
    )
    file = folder / "four.toml"
    file.write_text(f'[ports]\nbackend = "jack"\n[time]\nbpm = {BPM}\n[turns]\nlength = "endless"\n' + "".join(parts))
    return file


def record(program: str, folder: Path, seconds: float) -> tuple[list[dict[str, Any]], dict[str, Path]]:
    """Let Ardour record the four parts; returns the player's word on what it has sent, and the take of each track.

    Raises `DeviceLostError` if Ardour does not record.
    """
    run, take = HocketRun(folder, "--session", str(write_session(folder))), folder / "take"
    try:
        wait_until(lambda: sum(told["there"] for told in run.reports("Plugged")) >= len(CHANNELS), "the four outputs")
        roll(run, [program, str(SCRIPT), str(take), str(seconds)], folder, seconds)
    finally:
        run.end()
    return run.reports("Sent"), {model: find_take(take, model) for model in CHANNELS}


def roll(run: HocketRun, command: list[str], home: Path, seconds: float) -> None:
    """Play while Ardour rolls."""
    command += [f"{model}=Hocket:Hocket Out {model}" for model in CHANNELS]
    environment = {**os.environ, "HOME": str(home)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as ardour:
        assert ardour.stdout is not None
        said = []
        for line in ardour.stdout:
            said.append(line)
            if line.startswith("ROLLING"):
                time.sleep(ROLL_SECONDS)
                perform(run, seconds - ROLL_SECONDS - SETTLE_SECONDS)
    if "SAVED\n" not in said:
        raise DeviceLostError(f"{command[0]} ended with {ardour.returncode}, nothing saved: {' | '.join(said[-6:])}")


def perform(run: HocketRun, seconds: float) -> None:
    """Launch, touch, and silence all again."""
    end = time.monotonic() + seconds
    run.say("go continue")
    run.say("launch")
    for touch in TOUCHES:
        time.sleep(seconds / (len(TOUCHES) + 1))
        run.say(touch)
    time.sleep(max(0.0, end - time.monotonic()))
    run.say("panic")
    wait_for(run, "Silenced", 1)


def find_take(session: Path, track: str) -> Path:
    """The track's .mid. Raises `DeviceLostError` if there is not exactly one."""
    found = sorted(session.glob(f"interchange/*/midifiles/*_{track}-*.mid"))
    if len(found) != 1:
        raise DeviceLostError(f"Ardour has {len(found)} takes of {track!r}, expected one")
    return found[0]


def read_take(track: str, file: Path) -> dict[Key, list[Strike]]:
    """The note-ons of a take."""
    take, seconds, struck = mido.MidiFile(file), 0.0, defaultdict(list)
    for message in mido.merge_tracks(take.tracks):
        seconds += message.time / take.ticks_per_beat * 60 / ARDOUR_BPM
        if message.type == "note_on" and message.velocity:
            struck[track, message.channel, message.note].append((seconds, message.velocity))
    return struck


def strikes_sent(reports: Iterable[Mapping[str, Any]]) -> dict[Key, list[Strike]]:
    """The note-ons that the player has sent, and when."""
    struck = defaultdict(list)
    for sent in reports:
        status, pitch, velocity = b64decode(sent["data"])
        if status & 0xF0 == 0x90:
            struck[sent["port"], status & 0x0F, pitch].append((sent["sent_ns"] / 1e9, velocity))
    return struck


def report_of(sent: Mapping[Key, list[Strike]], recorded: Mapping[Key, list[Strike]]) -> dict[str, Any]:
    """Compare them, the first of each key with the first and so on; onsets beside the median of all."""
    pairs = [pair for key, strikes in sent.items() for pair in zip(strikes, recorded.get(key, ()), strict=False)]
    errors_ms = [1e3 * (heard - due) for (due, _), (heard, _) in pairs]
    middle = median(errors_ms) if errors_ms else 0.0
    off_ms = [abs(error - middle) for error in errors_ms]
    counts = {key: (len(sent.get(key, ())), len(recorded.get(key, ()))) for key in {*sent, *recorded}}
    return {
        "sent": sum(one for one, _ in counts.values()),
        "recorded": sum(other for _, other in counts.values()),
        "missing": sum(max(0, one - other) for one, other in counts.values()),
        "extra": sum(max(0, other - one) for one, other in counts.values()),
        "wrong_velocity": sum(one != other for (_, one), (_, other) in pairs),
        "onset_p99_ms": round(percentile(off_ms, 99), 3) if off_ms else None,
        "onset_max_ms": round(max(off_ms), 3) if off_ms else None,
        "by_track": {track: sum(one for key, (one, _) in counts.items() if key[0] == track) for track in CHANNELS},
    }


def is_accepted(report: Mapping[str, Any]) -> bool:
    """Whether the DAW has it all, from all parts, in time."""
    faults = report["missing"] + report["extra"] + report["wrong_velocity"]
    return not faults and min(report["by_track"].values()) > 0 and report["onset_p99_ms"] <= ONSET_LIMIT_MS


def main() -> int:
    """Record, compare, report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=32.0, help="of the take")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the takes there")
    given = options.parse_args()
    program = next(filter(shutil.which, PROGRAMS), None)
    if program is None or not JackServer.is_installed():
        note("needs Ardour and JACK (Debian: apt-get install ardour jackd2)")
        return 1
    begun = machine()
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name), Path(name) / "jackd.log"
        with JackServer(log, name=f"hocket-accept-{os.getpid()}", period=PERIOD) as server:
            sent, takes = record(program, folder, given.seconds)
            xruns = server.xruns
        recorded = {key: strikes for track, file in takes.items() for key, strikes in read_take(track, file).items()}
        if given.keep:
            shutil.copytree(takes["morph"].parent, given.keep, dirs_exist_ok=True)
    report = report_of(strikes_sent(sent), recorded)
    late_ms = [(told["sent_ns"] - told["due_ns"]) / 1e6 for told in sent]
    report = {**report, "late_p99_ms": round(percentile(late_ms, 99), 3), "late_max_ms": round(max(late_ms), 3)}
    print(json.dumps({**report, "xruns": xruns, "program": program, "seconds": given.seconds, "machine": begun}))
    return 0 if is_accepted(report) else 1


if __name__ == "__main__":
    sys.exit(main())
