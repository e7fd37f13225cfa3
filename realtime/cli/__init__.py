"""The `hocket` command. Verbs import what they need when they run: `--help` loads neither models nor MIDI."""

import sys

from realtime.errors import HocketError


def main() -> None:
    """Run the command line; every `HocketError` ends as one line on stderr and its exit code."""
    from realtime.cli.app import app

    try:
        app()
    except HocketError as error:
        sys.stderr.write(f"hocket: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
