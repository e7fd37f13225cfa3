import argparse
import subprocess
import sys

import pytest

from realtime.errors import UsageError
from realtime.messages import Failed, FromPlayer, Message
from realtime.music.units import Meter
from realtime.player.sync.link import MISSING, join_link
from realtime.player.sync.options import SyncOptions
from realtime.wire import Receiver


def read(words: list[str]) -> SyncOptions:
    parser = argparse.ArgumentParser()
    SyncOptions.add_to(parser)
    return SyncOptions.of(parser.parse_args(words))


@pytest.mark.parametrize(
    "options",
    [
        SyncOptions(),
        SyncOptions(source="clock", offset_ms=-12.5),
        SyncOptions(source="jack", clock_out=True, offset_ms=3),
        SyncOptions(source="link", start_stop=True, meter=Meter(6, 8)),
        SyncOptions(count_in=2, count_in_channel=0, clock_out=True),
        SyncOptions(source="clock", clock_ports=(("Drums 2", "on"), ("bass", "position"))),
    ],
)
def test_the_player_reads_what_the_engine_writes(options: SyncOptions) -> None:
    assert read(options.arguments()) == options


def test_the_usual_needs_no_words() -> None:
    assert SyncOptions().arguments() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": "dcf77"}, "internal, clock, jack, link"),
        ({"source": "clock", "clock_out": True}, "follow itself"),
        ({"clock_ports": (("bass", "loud"),)}, "'bass' must be one of off, on, position"),
        ({"offset_ms": 501}, "500"),
        ({"offset_ms": float("nan")}, "500"),
        ({"count_in": 9}, "0..8"),
        ({"count_in": 1, "source": "jack"}, "--sync internal"),
        ({"count_in_channel": 17}, "1..16"),
    ],
)
def test_what_cannot_be_is_one_clear_line(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        SyncOptions(**wrong)  # type: ignore[arg-type]


def test_without_the_link_library_it_says_how_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "link", None)
    with pytest.raises(UsageError, match=r"pip install 'hocket\[link\]'") as raised:
        join_link(120.0)
    assert str(raised.value) == MISSING
    assert "GPL" in MISSING


@pytest.mark.parametrize("words", [["--sync", "clock", "--clock-out"], ["--sync", "jack"]])
def test_the_command_line_says_so_in_one_line(words: list[str]) -> None:
    command = [sys.executable, "-m", "realtime.player", "--backend", "memory", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as player:
        assert player.stdout is not None
        failed = Receiver[Message](player.stdout, FromPlayer).receive()  # type: ignore[arg-type]
    assert isinstance(failed, Failed)
    assert "choose" in failed.text
    assert player.returncode == failed.exit_code == (2 if "clock" in words else 3)
