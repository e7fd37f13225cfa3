"""The child process of `midi_file.read_midi`: one file in, MessagePack on stdout, limits on memory and time."""

import sys

import msgspec

from realtime.music.midi_file import MAX_NOTES, READ_SECONDS, FileTrack, RawScore
from realtime.music.note import MAX_VELOCITY, MIN_VELOCITY
from realtime.music.units import PPQ

MAX_MEMORY_BYTES = 2 << 30  # of address space; resident it stays far below
MAX_TICK = PPQ * 4 * 100_000  # 100,000 bars


def main() -> int:
    """Read the file named on the command line."""
    _limit_resources()
    import symusic

    try:
        score = symusic.Score(sys.argv[1]).resample(PPQ, min_dur=1)
    except Exception as error:  # symusic raises several types for broken files
        sys.stderr.write(str(error).splitlines()[0] if str(error) else type(error).__name__)
        return 1
    if sum(len(track.notes) for track in score.tracks) > MAX_NOTES:
        sys.stderr.write(f"more than {MAX_NOTES} notes")
        return 1
    tracks = [
        FileTrack(
            track.name,
            track.program,
            track.is_drum,
            [
                (n.time, n.pitch, n.duration, min(MAX_VELOCITY, max(MIN_VELOCITY, n.velocity)))
                for n in track.notes
                if 0 <= n.pitch <= 127 and n.duration >= 1 and 0 <= n.time and n.time + n.duration <= MAX_TICK
            ],
        )
        for track in score.tracks
    ]
    tempos = [(tempo.time, float(tempo.qpm)) for tempo in score.tempos[:10_000]]
    meters = [(m.time, m.numerator, m.denominator) for m in score.time_signatures[:10_000]]
    sys.stdout.buffer.write(msgspec.msgpack.encode(RawScore(tracks, tempos, meters)))
    return 0


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's time-out still holds
        return
    seconds = int(READ_SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    sys.exit(main())
