"""The whole program as a user starts it: in a process of its own, on a screen that nobody sees."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from realtime.session import read_session

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="folders by XDG, ends by SIGTERM"),
]
SETTINGS = "backend = 'memory'\nsound = false\n"


class Program:
    """Hocket with folders of its own."""

    def __init__(self, home: Path) -> None:
        self.state = home / "state" / "Hocket"
        config = home / "config" / "Hocket"
        config.mkdir(parents=True, exist_ok=True)
        if not (config / "settings.toml").exists():
            (config / "settings.toml").write_text(SETTINGS)
        places = {"XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_DOCUMENTS_DIR": "documents"}
        environment = os.environ | {name: str(home / folder) for name, folder in places.items()}
        environment |= {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "realtime"], env=environment, stderr=subprocess.PIPE, text=True
        )

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and what it wrote on stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=15)
        return self.process.returncode, errors.replace("This plugin does not support propagateSizeHints()\n", "")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Program]]:
    programs: list[Program] = []

    def make() -> Program:
        programs.append(Program(tmp_path))
        return programs[-1]

    yield make
    for program in programs:
        if program.process.poll() is None:
            program.process.kill()
            program.process.communicate()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.02)


def is_open(program: Program, number: int = 1) -> bool:
    return (program.state / f"window-{number}.open").exists()


def children_of(program: Program) -> list[str]:
    pid = program.process.pid
    found: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += (task / "children").read_text().split()
    return found


def test_it_ends_properly_and_goes_on_the_next_time(start: Callable[[], Program]) -> None:
    first = start()
    wait_for((first.state / "autosave-1.toml").exists, "the first copy of the session")
    code, errors = first.end()
    assert (code, errors) == (0, "")
    assert not is_open(first)
    kept = read_session(first.state / "autosave-1.toml")
    assert [part.name for part in kept.part] == ["continue", "morph", "quartet", "sketch"]
    second = start()
    wait_for(lambda: is_open(second), "the second start")
    assert not (second.state / "restore-1.toml").exists()
    assert second.end()[0] == 0


def test_a_second_window_has_its_own_place(start: Callable[[], Program]) -> None:
    first = start()
    wait_for(lambda: is_open(first), "the first window")
    second = start()
    wait_for(lambda: is_open(second, 2), "the second window")
    assert second.end()[0] == 0
    assert first.end()[0] == 0


def test_a_killed_window_takes_its_engine_along_and_its_session_is_kept(start: Callable[[], Program]) -> None:
    first = start()
    wait_for(lambda: bool(children_of(first)), "the engine")
    engines = children_of(first)
    wait_for((first.state / "autosave-1.toml").exists, "the first copy of the session")
    first.end(signal.SIGKILL)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in engines), "the engine's end", 5.0)
    second = start()
    wait_for(lambda: (second.state / "restore-1.toml").exists(), "the session that is offered")
    assert second.end()[0] == 0
