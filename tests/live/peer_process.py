"""Another program on the MIDI system, in a process of its own: a musician who plays, or a tape that records.

python -m tests.live.peer_process play FILE.mid START_NS BPM     plays into Hocket In from START_NS on (monotonic)
python -m tests.live.peer_process record OUT.jsonl               writes what Hocket Out sends until stdin closes
"""

import json
import sys
import time
from pathlib import Path

from realtime.music.midi_file import read_midi
from realtime.music.units import TempoAnchor
from tests.player.jack_peer import JackPeer


def play(file: Path, start_ns: int, bpm: float) -> None:
    anchor = TempoAnchor(0, start_ns, bpm)
    events = sorted(
        (tick, data)
        for note in read_midi(file).phrase().notes
        for tick, data in (
            (note.start_tick, bytes((0x90, note.pitch, note.velocity))),
            (note.end_tick, bytes((0x80, note.pitch, 64))),
        )
    )
    peer = JackPeer("musician")
    peer.connect(listens=False)
    print("ready", flush=True)
    for tick, data in events:
        time.sleep(max(0.0, (anchor.time_of(tick) - time.monotonic_ns()) / 1e9))
        peer.play(data)
    time.sleep(0.1)
    peer.close()


def record(out: Path) -> None:
    peer = JackPeer("tape")
    peer.connect(plays=False)
    print("ready", flush=True)
    sys.stdin.read()
    peer.close()
    out.write_text("\n".join(json.dumps([time_ns, list(data)]) for time_ns, data in peer.heard))


if __name__ == "__main__":
    if sys.argv[1] == "play":
        play(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    else:
        record(Path(sys.argv[2]))
