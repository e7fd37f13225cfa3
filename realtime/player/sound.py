"""The player's built-in sound: the live synth process, fed with all that goes to the port.

Threads: the synth is started, and started again, in a thread of its own, begun before the main thread asks for
real-time priority (a child would inherit it), because loading a sound font takes a while. `send` and `change` belong
to the main thread, which uses a synth only if that was started for what is wanted now: one that was started for
anything else is the thread's to close.
"""

import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from realtime.messages import SetSound, SoundChanged
from realtime.synth.client import SynthClient, SynthOptions
from realtime.synth.errors import SynthError

RESTART_SECONDS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # before each new start; then it is left
LASTING_SECONDS: Final = 60.0  # a synth that lived so long begins to count anew
CLOSE_SECONDS: Final = 0.5
PROGRAM, CONTROL = 0xC0, 0xB0
SETTINGS: Final = (0, 32, 7, 10, 11)  # controllers that a new synth has to be told: bank, volume, pan, expression


class SoundOut(Protocol):
    """What the output lets hear all that leaves. Never blocks."""

    def send(self, data: bytes, due_ns: int) -> None:
        """A message that is due then (monotonic)."""

    def change(self, wanted: SetSound) -> None:
        """On or off, with another font or on another device."""


class NoSound:
    """A `SoundOut` that nobody hears."""

    def send(self, data: bytes, due_ns: int) -> None:
        """Nothing."""

    def change(self, wanted: SetSound) -> None:
        """Nothing."""


class Sound:
    """A synth that may still be loading, may have failed, may die: music to the port never waits for it."""

    def __init__(self, wanted: SetSound) -> None:
        self._wanted = wanted
        self._playing: tuple[SetSound, SynthClient] | None = None  # and what it was started for
        self._told: SynthClient | None = None  # who knows the settings
        self._settings: dict[tuple[int, int], bytes] = {}  # the newest of each, in order
        self._closed = threading.Event()
        self._news: queue.SimpleQueue[SetSound | SynthClient | None] = queue.SimpleQueue()  # None: the end
        self._state: SoundChanged | None = None
        self._tell: Callable[[SoundChanged], object] = lambda _: None
        # What the thread has been asked for, and the life of the synth that it has started for that.
        self._asked, self._options = wanted, SynthOptions()
        self._begun, self._deaths = 0.0, 0
        if wanted.on:
            self._news.put(wanted)
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
            self._playing = None
            self._say(there=False, text=f"the built-in sound ended: {client.error or 'its process died'}")
            self._news.put(client)

    def change(self, wanted: SetSound) -> None:
        """On or off, with another font or on another device: what sounds there is released."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._news.put(wanted)

    def close(self) -> None:
        """Release what sounds and end the synth."""
        self._closed.set()
        self._news.put(None)
        client = self._client
        if client is not None:
            client.close(timeout_seconds=CLOSE_SECONDS)

    @property
    def _client(self) -> SynthClient | None:
        """The synth, if it is the one that is wanted now."""
        playing = self._playing
        return playing[1] if playing is not None and playing[0] is self._wanted else None

    # --- the thread -----------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Start the synth that is wanted, and again after each death, until it dies too often."""
        wait_seconds: float | None = None
        while True:
            try:
                news = self._news.get(timeout=wait_seconds)
            except queue.Empty:
                wait_seconds = self._start_again()
                continue
            if news is None:
                return
            if isinstance(news, SetSound):
                self._begin(news)
                wait_seconds = None
            else:
                wait_seconds = self._bury(news)

    def _begin(self, wanted: SetSound) -> None:
        """What is wanted from now on. It is not asked for again where it is not there."""
        playing, self._playing = self._playing, None
        if playing is not None:
            playing[1].close(timeout_seconds=CLOSE_SECONDS)  # first: both may want the same device
        font = Path(wanted.soundfont) if wanted.soundfont else None
        self._asked, self._options = wanted, SynthOptions(soundfont=font, output=wanted.audio or None)
        self._begun, self._deaths = time.monotonic(), 0
        if not wanted.on:
            self._say(there=False)
        elif not self._start():
            self._start_with_another_font()

    def _bury(self, client: SynthClient) -> float | None:
        """Seconds until the next one may be started; None: it is left."""
        client.close(timeout_seconds=0.1)
        if time.monotonic() - self._begun > LASTING_SECONDS:
            self._deaths = 0
        return self._next_seconds()

    def _start_again(self) -> float | None:
        self._deaths += 1
        self._begun = time.monotonic()
        plays = self._start() or (self._deaths > 1 and self._start_with_another_font())
        return None if plays else self._next_seconds()

    def _next_seconds(self) -> float | None:
        return RESTART_SECONDS[self._deaths] if self._deaths < len(RESTART_SECONDS) else None

    def _start(self, text: str = "") -> bool:
        try:
            client = SynthClient.start(self._options)
        except SynthError as error:
            self._say(there=False, text=f"no built-in sound: {error}")
            return False
        self._playing = self._asked, client
        instead = client.report.get("instead")
        self._say(there=True, text=text or (f"{instead}: the built-in sound plays on the usual one" if instead else ""))
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
