"""Another sound and another output, asked of a running engine: its session has them, and the next player too."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from realtime.engine import commands as ask
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import SessionSaved
from realtime.messages import Clock, Ready, SetSound, SoundChanged
from realtime.session import Session, read_session
from tests.engine.rig import Performance
from tests.engine.test_rack import morph_part

NO_FONT = "there is no such font.sf2"


@pytest.fixture
def performance(toy_morph: Path) -> Iterator[Performance]:
    made = Performance([morph_part(toy_morph)])
    yield made
    made.end()


def saved(performance: Performance, path: Path) -> Session:
    performance.ask(ask.SaveSession(str(path)))
    performance.wait(SessionSaved, 1, lambda saved: saved.path == str(path))
    return read_session(path)


def test_options_name_the_sound_on_the_command_line() -> None:
    options = PlayerOptions().sounding(SetSound(on=True, soundfont="a.sf2", audio="USB"))
    command = options.command()
    assert [word for word in command if word in ("--synth", "--soundfont", "--audio")] == [
        "--synth",
        "--soundfont",
        "--audio",
    ]
    assert command[command.index("--audio") + 1] == "USB"
    assert not {"--synth", "--soundfont", "--audio"} & set(options.sounding(SetSound(on=False)).command())


@pytest.mark.processes
def test_another_sound_needs_no_other_player(performance: Performance, tmp_path: Path) -> None:
    pid = performance.engine.player_pid
    performance.ask(ask.Forward(SetSound(on=True, soundfont=NO_FONT, audio="USB")))
    told = performance.wait(SoundChanged)[0]
    assert (told.there, NO_FONT in told.text) == (False, True)
    ports = saved(performance, tmp_path / "on.toml").ports
    assert (ports.sound, ports.soundfont, ports.audio) == (True, NO_FONT, "USB")
    assert performance.engine.player_pid == pid
    os.kill(pid, signal.SIGKILL)
    performance.wait(Ready, 2)
    performance.wait(SoundChanged, 2, lambda told: NO_FONT in told.text)  # the next player has been told too
    assert performance.engine.player_pid != pid


@pytest.mark.processes
def test_another_output_is_in_the_session(performance: Performance, tmp_path: Path) -> None:
    performance.wait(Clock)
    performance.ask(ask.SetPort("solo"))
    assert [part.port for part in saved(performance, tmp_path / "own.toml").part] == ["solo"]
    performance.ask(ask.SetPort(""))
    assert [part.port for part in saved(performance, tmp_path / "common.toml").part] == [""]
