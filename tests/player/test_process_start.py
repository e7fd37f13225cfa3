"""The real process: what it says first, and with which exit code it refuses to start."""

import subprocess
import sys

import pytest

from realtime.messages import Clock, Failed, Quit, Ready
from tests.jack_server import JackServer
from tests.player.player_process import PlayerProcess

pytestmark = pytest.mark.processes


def test_ready_is_the_first_word(player: PlayerProcess) -> None:
    ready, clock = player.messages[:2]
    assert isinstance(ready, Ready)
    assert isinstance(clock, Clock)
    assert ready.realtime_priority.split(":")[0] in ("fifo", "fifo+latency", "none")


def test_priority_can_be_refused() -> None:
    with PlayerProcess("--backend", "memory", "--no-realtime") as player:
        assert player.wait_ready().realtime_priority.startswith("none: ")
        player.send(Quit())
        assert player.end() == 0


def test_a_missing_port_is_exit_code_3(jack_server: JackServer) -> None:
    with PlayerProcess("--backend", "jack", "--out", "nowhere") as player:
        assert player.end() == 3
        (failed,) = player.of(Failed)
        assert failed.exit_code == 3
        assert "nowhere" in failed.text


def test_a_wrong_tempo_is_exit_code_2() -> None:
    with PlayerProcess("--backend", "memory", "--bpm", "9999") as player:
        assert player.end() == 2
        assert player.of(Failed)[0].exit_code == 2


def test_a_defect_is_told_in_one_line_and_traced_on_stderr() -> None:
    code = (
        "import sys; from realtime.player import process\n"
        "process.open_io = lambda *_: 1 / 0\n"
        "sys.argv[1:] = ['--backend', 'memory']; import realtime.player.__main__"
    )
    with PlayerProcess(program=("-c", code)) as player:
        assert player.end() == 1
        assert player.of(Failed) == [Failed(exit_code=1, text="player: ZeroDivisionError: division by zero")]
        assert "Traceback" in player.errors


def test_a_wrong_word_is_exit_code_2() -> None:
    with PlayerProcess("--nonsense") as player:
        assert player.end() == 2
        assert "--nonsense" in player.errors


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, realtime.player.process, realtime.player.backends.jack, realtime.player.backends.rtmidi\n"
        "heavy = {'numpy', 'onnxruntime', 'PySide6', 'torch', 'mido', 'typer', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
