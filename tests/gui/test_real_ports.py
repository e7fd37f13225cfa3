"""The connect page's promises on a real JACK server: a device is seen, chosen, played to, missed and waited for."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.app import build_models
from gui.models import Models
from gui.places import Places
from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.ports import OUT
from gui.viewmodels.settings import Settings
from tests.jack_server import JackServer

pytestmark = [pytest.mark.jack, pytest.mark.processes]
WAIT_MS = 20_000
SEEN_SECONDS = 2.0
SYNTH = "Synth:in"
# A synth that writes each message it gets as a line of hex.
LISTENER = """
import collections, jack, sys, threading, time
came = collections.deque()
client = jack.Client("Synth")
port = client.midi_inports.register("in")
@client.set_process_callback
def process(frames):
    for _, data in port.incoming_midi_events():
        came.append(bytes(data))
client.activate()
threading.Thread(target=lambda: (sys.stdin.read(), client.close(), sys.exit()), daemon=True).start()
with open(sys.argv[1], "w") as out:
    while True:
        while came:
            print(came.popleft().hex(), file=out, flush=True)
        time.sleep(0.005)
"""


class Synth:
    """Another program with a MIDI input."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.process = subprocess.Popen([sys.executable, "-c", LISTENER, str(log)], stdin=subprocess.PIPE)

    @property
    def heard(self) -> list[str]:
        return self._log.read_text().split() if self._log.exists() else []

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def models(qtbot: QtBot, places: Places, jack_server: JackServer) -> Iterator[Models]:
    settings = Settings(places.settings)
    settings.set(backend="jack", sound=False, greeted=True)
    host = EngineHost()
    models = build_models(host, places, settings)
    models.sessions.begin()
    qtbot.waitUntil(lambda: models.ports.backend == "jack", timeout=WAIT_MS)
    yield models
    host.stop()
    models.instance.finish()


def names(models: Models) -> list[str]:
    return [choice.name for choice in models.ports.choices(OUT) if choice.there]


@pytest.mark.timeout(180)
def test_a_synth_is_seen_played_to_missed_and_found_again(models: Models, qtbot: QtBot, tmp_path: Path) -> None:
    ports, log = models.ports, tmp_path / "heard"
    synth = Synth(log)
    try:
        qtbot.waitUntil(log.exists, timeout=WAIT_MS)  # its port is there
        begun = time.monotonic()
        qtbot.waitUntil(lambda: SYNTH in names(models), timeout=WAIT_MS)
        assert time.monotonic() - begun < SEEN_SECONDS
        ports.choose(OUT, SYNTH)
        qtbot.waitUntil(lambda: any(c.used for c in ports.choices(OUT) if c.name == SYNTH), timeout=WAIT_MS)
        with qtbot.waitSignal(ports.tested, timeout=WAIT_MS) as told:
            ports.test(3)
        assert told.args == [f"Sent C4 on channel 3 to {SYNTH}"]
        qtbot.waitUntil(lambda: "923c64" in synth.heard, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: any(each.startswith("823c") for each in synth.heard), timeout=WAIT_MS)
        synth.end()
        gone = time.monotonic()
        qtbot.waitUntil(lambda: ports.is_waiting(OUT), timeout=WAIT_MS)
        assert time.monotonic() - gone < SEEN_SECONDS
        assert ports.chosen(OUT) == SYNTH
        log.unlink()
        synth = Synth(log)
        qtbot.waitUntil(lambda: not ports.is_waiting(OUT), timeout=WAIT_MS)
        ports.test(4)
        qtbot.waitUntil(lambda: "933c64" in synth.heard, timeout=WAIT_MS)
    finally:
        synth.end()
