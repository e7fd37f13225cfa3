"""The player's built-in sound: the live synth process, fed with all that goes to the port.

Threads: the synth is started, and started again, in a thread of its own, begun before the main thread asks for
real-time priority (a child would inherit it), because loading a sound font takes a while. `send` belongs to the main
thread.
"""

import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from realtime.messages import SoundChanged
from realtime.synth.client import SynthClient, SynthOptions
from realtime.synth.errors import SynthError

RESTART_SECONDS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # before each new start; then it is left
LASTING_SECONDS: Final = 60.0  # a synth that lived so long begins to count anew
PROGRAM, CONTROL = 0xC0, 0xB0
SETTINGS: Final = (0, 32, 7, 10, 11)  # controllers that a new synth has to be told: bank, volume, pan, expression


class Sound:
    """A synth that may still be loading, may have failed, may die: music to the port never waits for it."""

    def __init__(self, soundfont: str = "") -> None:
        self._options = SynthOptions(soundfont=Path(soundfont) if soundfont else None)
        self._client: SynthClient | None = None
        self._told: SynthClient | None = None  # who knows the settings
        self._settings: dict[tuple[int, int], bytes] = {}  # the newest of each, in order
        self._closed = threading.Event()
        self._died: queue.SimpleQueue[SynthClient] = queue.SimpleQueue()
        self._state: SoundChanged | None = None
        self._tell: Callable[[SoundChanged], object] = lambda _: None
        self._thread = threading.Thread(target=self._keep, name="sound", daemon=True)
        self._thread.start()

    def watch(self, tell: Callable[[SoundChanged], object]) -> None:
        """Call `tell`, in any thread, with what is known and with each change."""
        self._tell = tell
        if self._state is not None:
            tell(self._state)

    def send(self, data: bytes, due_ns: int) -> None:
        """Let the synth play a message at `due_ns` (monotonic), if it is there."""
        kind = data[0] & 0xF0
        if kind == PROGRAM or (kind == CONTROL and data[1] in SETTINGS):
            key = (data[0], data[1] if kind == CONTROL else 0)
            self._settings.pop(key, None)
            self._settings[key] = data
        client = self._client
        if client is None:
            return
        if client is not self._told:
            self._told = client
            for setting in self._settings.values():
                client.send(setting, due_ns)
        if not client.send(data, due_ns) and not client.alive():
            self._client = None
            self._say(there=False, text=f"the built-in sound ended: {client.error or 'its process died'}")
            self._died.put(client)

    def close(self) -> None:
        """Release what sounds and end the synth."""
        self._closed.set()
        if self._client is not None:
            self._client.close(timeout_seconds=0.5)

    # --- the thread -----------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Start the synth, and again after each death, until it dies too often."""
        plays = self._start() or self._start_with_another_font()
        begun, deaths = time.monotonic(), 0
        while plays:
            self._died.get().close(timeout_seconds=0.1)
            deaths = 0 if time.monotonic() - begun > LASTING_SECONDS else deaths
            plays = False
            while not plays and deaths < len(RESTART_SECONDS) and not self._closed.wait(RESTART_SECONDS[deaths]):
                deaths += 1
                begun = time.monotonic()
                plays = self._start() if deaths == 1 else self._start() or self._start_with_another_font()

    def _start(self, text: str = "") -> bool:
        try:
            client = SynthClient.start(self._options)
        except SynthError as error:
            self._say(there=False, text=f"no built-in sound: {error}")
            return False
        self._client = client
        self._say(there=True, text=text)
        if self._closed.is_set():
            client.close()
        return True

    def _start_with_another_font(self) -> bool:
        """Where the font that was asked for cannot be played: say so, and play what there is."""
        asked_for = self._options
        if asked_for.soundfont is None:
            return False
        self._options = replace(asked_for, soundfont=None)
        if self._start("the built-in sound plays with another sound font"):
            return True
        self._options = asked_for  # it was not the font
        return False

    def _say(self, *, there: bool, text: str = "") -> None:
        if text:
            print(text, file=sys.stderr)
        self._state = SoundChanged(there=there, text=text)
        self._tell(self._state)
