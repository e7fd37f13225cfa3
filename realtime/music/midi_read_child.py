"""The child process of `midi_file.read_midi`: one file in, MessagePack on stdout, limits on memory and time."""

import sys
from typing import Final

import msgspec

from realtime.music.midi_file import MAX_NOTES, FileTrack, RawScore
from realtime.music.note import MAX_VELOCITY, MIN_VELOCITY
from realtime.music.units import PPQ

MAX_MEMORY_BYTES: Final = 300 << 20  # of what it allocates; half of that is taken by 2 million notes
CPU_SECONDS: Final = 2
MAX_TICK: Final = PPQ * 4 * 100_000  # 100,000 bars
MAX_CHANGES: Final = 10_000  # of tempo, and of meter
MAX_NAME: Final = 200  # characters of a track's name


class RefusedError(Exception):
    """Why a file is not read, in one line."""


def main() -> int:
    """Read the file named on the command line."""
    limit_resources()
    try:
        found = read_score(sys.argv[1])
    except RefusedError as error:
        sys.stderr.write(str(error))
        return 1
    sys.stdout.buffer.write(msgspec.msgpack.encode(found))
    return 0


def read_score(path: str) -> RawScore:
    """What a file holds, within limits; notes that cannot be are left out. Raises `RefusedError`."""
    import symusic

    try:
        score = symusic.Score(path).resample(PPQ, min_dur=1)
    except MemoryError:
        raise RefusedError(f"it takes over {MAX_MEMORY_BYTES >> 20} MiB to read") from None
    except Exception as error:  # symusic raises several types for broken files
        raise RefusedError((str(error).splitlines() or [type(error).__name__])[0]) from None
    if sum(len(track.notes) for track in score.tracks) > MAX_NOTES:
        raise RefusedError(f"more than {MAX_NOTES} notes")
    tracks = [
        FileTrack(
            "".join(filter(str.isprintable, track.name))[:MAX_NAME],  # it is shown
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
    tempos = [(tempo.time, float(tempo.qpm)) for tempo in score.tempos[:MAX_CHANGES]]
    meters = [(m.time, m.numerator, m.denominator) for m in score.time_signatures[:MAX_CHANGES]]
    return RawScore(tracks, tempos, meters)


def limit_resources() -> None:
    """This process ends where it needs too much."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's time-out still holds
        return
    for what, limit in ((resource.RLIMIT_DATA, MAX_MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_SECONDS)):
        resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    sys.exit(main())
