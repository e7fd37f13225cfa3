"""The `hocket` command. Verbs import what they need when they run: `--help` loads neither models nor MIDI."""

import os
import sys
from typing import Final

from realtime.errors import HocketError

_STREAMS: Final = (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY))


def main() -> None:
    """Run the command line; every `HocketError` ends as one line on stderr and its exit code."""
    _open_closed_streams()
    from realtime.cli.app import app

    try:
        app()
    except HocketError as error:
        sys.stderr.write(f"hocket: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def _open_closed_streams() -> None:
    """Whoever closed one (`2>&-`) wants nothing of it. Left closed, the next file to be opened takes its number."""
    for number, (name, flags) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", closefd=False))
