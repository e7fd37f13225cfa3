"""The player's built-in sound: the live synth process, fed with all that goes to the port.

Threads: the synth is started in a thread of its own, begun before the main thread asks for real-time priority (a
child would inherit it), because loading a sound font takes a while. `send` belongs to the main thread.
"""

import sys
import threading
from pathlib import Path

from realtime.synth.client import SynthClient, SynthOptions
from realtime.synth.errors import SynthError


class Sound:
    """A synth that may still be loading, may have failed, may die: music to the port never waits for it."""

    def __init__(self, soundfont: str = "") -> None:
        self._options = SynthOptions(soundfont=Path(soundfont) if soundfont else None)
        self._client: SynthClient | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._start, name="sound", daemon=True)
        self._thread.start()

    def _start(self) -> None:
        try:
            client = SynthClient.start(self._options)
        except SynthError as error:
            print(f"no built-in sound: {error}", file=sys.stderr)
            return
        self._client = client
        if self._closed:
            client.close()

    def send(self, data: bytes, due_ns: int) -> None:
        """Let the synth play a message at `due_ns` (monotonic), if it is there."""
        client = self._client
        if client is not None and not client.send(data, due_ns) and not client.alive():
            self._client = None
            print(f"the built-in sound ended: {client.error or 'its process died'}", file=sys.stderr)

    def close(self) -> None:
        """Release what sounds and end the synth."""
        self._closed = True
        if self._client is not None:
            self._client.close(timeout_seconds=0.5)
