"""Another program on the MIDI system, in a process of its own: a musician who plays, or a tape that records.

python -m tests.live.peer_process play FILE.mid BPM     plays into Hocket In from the monotonic ns on that stdin says
python -m tests.live.peer_process record OUT.jsonl [PORT]   writes what Hocket Out (or another port) sends until stdin
                                                            closes
python -m tests.live.peer_process listen OUT.jsonl NAME     the same of a device that waits to be connected
"""

import json
import sys
import time
from pathlib import Path

from realtime.music.midi_file import read_midi
from realtime.music.units import TempoAnchor
from tests.player.jack_peer import JackPeer


def play(file: Path, bpm: float) -> None:
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
    anchor = TempoAnchor(0, int(sys.stdin.readline()), bpm)
    for tick, data in events:
        time.sleep(max(0.0, (anchor.time_of(tick) - time.monotonic_ns()) / 1e9))
        peer.play(data)
    time.sleep(0.1)
    peer.close()


def record(out: Path, port: str = "Hocket Out") -> None:
    peer = JackPeer("tape")
    peer.connect(plays=False, output=port)
    write_down(peer, out)


def write_down(peer: JackPeer, out: Path) -> None:
    print("ready", flush=True)
    sys.stdin.read()
    peer.close()
    out.write_text("\n".join(json.dumps([time_ns, list(data)]) for time_ns, data in peer.heard))


if __name__ == "__main__":
    if sys.argv[1] == "play":
        play(Path(sys.argv[2]), float(sys.argv[3]))
    elif sys.argv[1] == "listen":
        write_down(JackPeer(sys.argv[3]), Path(sys.argv[2]))
    else:
        record(Path(sys.argv[2]), *sys.argv[3:])
