"""`hocket run` with several models, as a process."""

import re
import socket
from pathlib import Path

import pytest

from realtime.cli.performance import announce, load_parts, setups_of
from realtime.engine.setup import MAX_PARTS
from realtime.errors import UsageError
from realtime.remote.packets import Packets
from tests.cli.running import Running
from tests.cli.test_cli import hocket

pytestmark = pytest.mark.processes


def test_parts_play_on_channels_of_their_own_with_controls_of_their_own(tmp_path: Path, toy_morph: Path) -> None:
    models = ("--model", toy_morph, "--model", toy_morph)
    controls = ("-c", "register=2", "-c", "morph-2.register=-2", "-c", "morph-2.post.octave=-1", "-c", "morph.mute=off")
    run = Running(tmp_path, "--backend", "memory", "--bpm", "240", "--channel", "3", *models, *controls)
    assert run.reports("RackChanged")[0]["parts"] == ["morph", "morph-2"]
    assert (run.channels("morph"), run.channels("morph-2")) == ({3}, {4})
    run.say("save now.toml")
    run.wait("SessionSaved")
    run.say("remove morph-2", "mute morph on", "sing", "mute trombone on")
    run.wait("Refused")
    said = run.end()
    for line in ("parts: morph, morph-2", "parts: morph\n", "saved to now.toml", "no such command: 'sing'", "trombone"):
        assert line in said
    saved = (tmp_path / "now.toml").read_text()
    assert "register = 2.0" in saved
    assert "register = -2.0" in saved
    assert "octave = -1" in saved


def test_a_remote_control_plays_the_rack(tmp_path: Path, toy_morph: Path) -> None:
    pytest.importorskip("pythonosc")
    run = Running(tmp_path, "--backend", "memory", "--bpm", "240", "--model", toy_morph, "--osc", "0")
    assert run.process.stderr is not None
    line = run.process.stderr.readline()
    assert line.startswith("OSC: listening on 127.0.0.1, port ")
    packets = Packets()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote:
        for address, arguments in (("/hocket/morph/register", (1.5,)), ("/hocket/tempo", (200.0,)), ("/x", ())):
            remote.sendto(packets.write(address, arguments), ("127.0.0.1", int(line.split()[-1])))
        run.wait("Clock", bpm=200.0)
    run.say("save osc.toml")
    run.wait("SessionSaved")
    said = run.end()
    assert "OSC, ignored (1 so far): no such address: '/x'" in said
    assert "OSC: 3 packets, 1 ignored, 0 without room" in said
    saved = (tmp_path / "osc.toml").read_text()
    assert "register = 1.5" in saved
    assert "bpm = 200.0" in saved


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (["bass.density=1"], "no part 'bass' (there are morph, morph-2)"),
        (["morph-2.wobble=1"], "morph-2 has no control 'wobble' (it has"),
        (["wobble=1"], "morph has no control 'wobble' (it has"),
        (["register=2", "morph-2.register=9"], "morph-2: register must be -3..3, got 9"),
        (["post.swing=2"], "morph: swing must be 0..1, got 2"),
        (["register"], "a control is given as name=value, got 'register'"),
    ],
)
def test_a_control_that_no_part_has_is_refused(toy_morph: Path, settings: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        load_parts(setups_of([str(toy_morph)] * 2, channel=1, seed=None), settings)


def test_a_control_without_a_part_is_the_first_parts_that_has_it(toy_morph: Path, toy_bundle: Path) -> None:
    setups = setups_of([str(toy_morph), str(toy_bundle)], channel=4, seed=1)
    morph, toy = load_parts(setups, ["top_p=0.5", "register=1", "toy.post.octave=-1"])
    assert (morph.setup.name, morph.setup.channel, morph.setup.controls) == ("morph", 4, {"register": "1"})
    assert (toy.setup.name, toy.setup.channel, toy.setup.controls) == ("toy", 0, {"top_p": "0.5"})
    assert (morph.setup.post, toy.setup.post) == ({}, {"octave": "-1"})


@pytest.mark.parametrize(("address", "warned"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])
def test_listening_to_the_network_is_said_with_a_warning(
    address: str, warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(address, 9000)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"OSC: listening on {address}, port 9000"
    assert [f"warning: whoever reaches {address}" in line for line in said[1:]] == [True] * warned


def test_too_many_parts_are_refused_before_any_is_loaded() -> None:
    with pytest.raises(UsageError, match="a rack has at most 16 parts, got 17 times --model"):
        setups_of(["none-such"] * (MAX_PARTS + 1), channel=1, seed=None)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-c", "bass.density=1"], 2, "no part 'bass' (there are morph)"),
        (["--osc-listen", "everywhere", "--osc", "0"], 2, "OSC listens on an IP address such as 127.0.0.1"),
        (["--osc-listen", "192.0.2.1", "--osc", "0"], 3, "OSC cannot listen on 192.0.2.1, port 0"),
    ],
)
def test_what_cannot_be_is_one_line_before_anything_plays(
    toy_morph: Path, arguments: list[str], code: int, says: str
) -> None:
    result = hocket("run", "--backend", "memory", "--model", toy_morph, *arguments)
    assert result.returncode == code
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
