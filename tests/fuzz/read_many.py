"""Reads each `.mid` file of a folder as the reader's child process does; a line a file, so that a crash has a name."""

import sys
from pathlib import Path

from realtime.music.midi_read_child import RefusedError, limit_resources, read_score

if __name__ == "__main__":
    limit_resources()
    for path in sorted(Path(sys.argv[1]).glob("*.mid")):
        print(path.name, end=" ", flush=True)
        try:
            found = read_score(str(path))
        except RefusedError as error:
            print("refused:", str(error), flush=True)  # of more than one line, there are more lines than files
        else:
            print("read", sum(len(track.notes) for track in found.tracks), flush=True)
