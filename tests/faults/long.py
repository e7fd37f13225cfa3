"""What no check before a commit waits for: `HOCKET_LONG=1` runs it, and takes the specification's own times."""

import os
from typing import Final

import pytest

IS_LONG: Final = bool(os.environ.get("HOCKET_LONG"))
LONG: Final = pytest.mark.skipif(not IS_LONG, reason="takes long: HOCKET_LONG=1 runs it")


def seconds(short: float, specified: float) -> float:
    """How long to do harm."""
    return specified if IS_LONG else short
