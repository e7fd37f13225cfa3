"""What commands print: results on stdout (one JSON object with --json), everything else on stderr."""

import logging
import sys
from collections.abc import Iterable

import msgspec


def print_json(value: object) -> None:
    """One JSON object on one line of stdout."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.flush()


def print_table(rows: Iterable[tuple[str, ...]]) -> None:
    """Columns as wide as they need to be."""
    lines = [tuple(row) for row in rows]
    if not lines:
        return
    widths = [max(len(row[i]) for row in lines) for i in range(len(lines[0]))]
    for row in lines:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def log_to_stderr() -> None:
    """Warnings of the program as plain lines on stderr."""
    logging.basicConfig(level=logging.WARNING, format="hocket: %(message)s", stream=sys.stderr)
