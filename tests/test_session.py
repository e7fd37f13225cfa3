import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.engine.kept import KeptBars, Snapshot
from realtime.engine.routing import Thru
from realtime.engine.setup import MAX_PARTS, PartSetup, Turns, free_name
from realtime.engine.turns import TurnRules
from realtime.errors import FileError
from realtime.files import MAX_BYTES
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter
from realtime.player.sync.options import SyncOptions
from realtime.session import Ports, Remote, Session, Time, read_session, write_session

BARS = KeptBars(meter="3/4", length_ticks=2880, voices=("0 60 480 90, 480 64 2400 1", ""))
FULL = Session(
    ports=Ports(backend="memory", input="Keys", output="Synth", thru=True, sound=True, soundfont="a.sf2", audio="USB"),
    time=Time(bpm=97.25, meter="3/4", sync="jack", clock_ports={"Synth 2": "on"}, offset_ms=-12.5),
    turns=Turns(end="pedal", grid="1/16", length="bars", bars=4),
    remote=Remote(osc=9000),
    part=(
        PartSetup(
            model="morph",
            name="Lead-1_b",
            channel=3,
            channels=(3, 16),
            port="Synth 2",
            program=128,
            bank=16383,
            seed=7,
            playing=False,
            mute=True,
            launch="4 bars",
            lookahead_beats=1.5,
            on_miss="rest",
            controls={"density": 0.1 + 0.2, "scale": "dorian"},
            post={"swing": 0.5},
            locks=("pattern",),
            source=BARS,
            snapshots=(Snapshot(slot=1), Snapshot(slot=8, seed=3, controls={"density": 1.0}, source=BARS)),
        ),
        PartSetup(model="some/folder"),
    ),
)


def refusal(path: Path, text: str) -> str:
    """The one line with which a file of this text is refused, without the file's name in front."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as error:
        read_session(path)
    said = str(error.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "set.toml"


@pytest.mark.parametrize("session", [FULL, Session()])
def test_what_is_written_is_read_back(file: Path, session: Session) -> None:
    write_session(session, file)
    assert read_session(file) == session
    assert [other.name for other in file.parent.iterdir()] == [file.name]


def test_a_file_written_by_hand_may_leave_out_almost_everything(file: Path) -> None:
    file.write_text('[[part]]\nmodel = "morph"\n[[part]]\nmodel = "morph"\n', encoding="utf-8")
    assert read_session(file) == Session(part=(PartSetup(model="morph"), PartSetup(model="morph")))


@pytest.mark.parametrize(
    ("text", "thru"),
    [
        ("thru = true", Thru(mode="all")),
        ("thru = false", Thru()),
        ("thru = 'controls'\nthru_to = 'bass'", Thru(mode="controls", part="bass")),
    ],
)
def test_thru_may_be_said_in_short(file: Path, text: str, thru: Thru) -> None:
    file.write_text(f"[ports]\n{text}\n", encoding="utf-8")
    assert read_session(file).ports.passed_on() == thru


def test_a_session_says_what_player_and_engine_need() -> None:
    clock_ports = (("Synth 2", "on"),)
    options = SyncOptions(source="jack", clock_ports=clock_ports, offset_ms=-12.5, meter=Meter(3, 4))
    assert FULL.time.options() == options
    assert FULL.turns.rules(Meter(3, 4)) == TurnRules(
        end="pedal", grid="1/16", length="bars", bars=4, meter=Meter(3, 4)
    )


PART = '[[part]]\nmodel = "a"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 2", "session version 2; this Hocket reads version 1"),
        ('version = "1"', "session version '1'"),
        ("tempo = 3", "unknown field `tempo` (it has version, ports, time, turns, remote, part"),
        ("[time]\nspeed = 3", "time: Object contains unknown field `speed` (it has bpm, meter, sync"),
        (PART + PART + "nam = 'x'", "part 2: Object contains unknown field `nam` (it has model, name, channel"),
        ("[[part]]\nname = 'x'", "part 1: Object missing required field `model`"),
        ("[ports]\nthru = 'some'", "ports: thru must be one of off, controls, all, got 'some'"),
        ("[time]\nclock_ports = { drums = 'loud' }", "clock of port 'drums' must be one of off, on, position"),
        (PART + "[time]\nclock_ports = { drums = 'on' }", "time.clock_ports: no part has the port 'drums'"),
        (PART + "port = 'a:b'", "part 1: a port's name is at most 32 characters without ':', got 'a:b'"),
        (PART + "channel = '1'", "part 1.channel: Expected `int`, got `str`"),
        (PART + "mute = 1", "part 1.mute: Expected `bool`, got `int`"),
        (PART + "controls = {density = [1]}", "part 1.controls[...]: Expected `float | str`, got `array`"),
        ("part = 3", "part: Expected `array`, got `int`"),
        ("ports = 'all'", "ports: Expected `object`, got `str`"),
        (
            "[ports]\nbackend = 'alsa'",
            "ports: backend must be one of auto, jack, rtmidi, rtmidi-jack, memory, got 'alsa'",
        ),
        (PART + "channel = 17", "part 1: channel must be 0..16, got 17"),
        (PART + "channels = [1, 0]", "part 1: channels must be at most 16 numbers 1..16, got [1, 0]"),
        (PART + "program = 0", "part 1: program must be 1..128, got 0"),
        (PART + "bank = 16384", "part 1: bank must be 0..16383, got 16384"),
        (PART + "seed = -1", "part 1: seed must be 0..2147483647, got -1"),
        (PART + "lookahead_beats = 0.9", "part 1: lookahead_beats must be 1..16, got 0.9"),
        (PART + "lookahead_beats = nan", "part 1: lookahead_beats must be 1..16, got nan"),
        (PART + "launch = 'soon'", "launch must be one of none, step, beat, bar, 2 bars, 4 bars, got 'soon'"),
        (PART + "on_miss = 'cry'", "on_miss must be one of repeat, rest, got 'cry'"),
        (PART + "name = 'a/b'", "a part's name is 1..32 letters, digits, - and _, got 'a/b'"),
        (PART + "name = 'naïve'", "a part's name is 1..32 letters, digits, - and _, got 'naïve'"),
        (PART + "name = 'played'", "a part cannot be called 'played'"),
        (PART + "name = 'x'\n" + PART + "name = 'x'", "two parts are called 'x'; give each a name of its own, or none"),
        (PART * (MAX_PARTS + 1), "a rack has at most 16 parts, got 17"),
        (PART + "snapshots = [{slot = 9}]", "part 1.snapshots 1: slot must be 1..8, got 9"),
        (PART + "snapshots = [{slot = 2}, {slot = 2}]", "part 1: each snapshot needs a slot of its own, got [2, 2]"),
        ("[time]\nbpm = 19.9", "time: bpm must be 20..400, got 19.9"),
        ("[time]\nbpm = inf", "time: bpm must be 20..400, got inf"),
        ("[time]\nmeter = '4/5'", "time: no such meter: 4/5 (e.g. 4/4, 6/8)"),
        ("[time]\nmeter = 'waltz'", "time: no such meter: 'waltz' (e.g. 4/4, 6/8)"),
        ("[time]\nsync = 'sun'", "time: sync: there is no 'sun' (choose internal, clock, jack, link)"),
        ("[time]\noffset_ms = nan", "time: offset-ms must be -500..500, got nan"),
        ("[turns]\nend = 'never'", "turns: end must be one of auto, trade, pedal, key, got 'never'"),
        ("[turns]\nbars = 0", "turns: bars must be 1..64, got 0"),
        ("[remote]\nosc = 70000", "remote: osc must be a UDP port, 0..65535, got 70000"),
        ("[remote]\nlisten = '0.0.0.0'", "remote: Object contains unknown field `listen` (it has osc)"),
        ("no session", "not TOML ("),
        ("a = " + "[" * 3000, "not TOML ("),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(file: Path, text: str, says: str) -> None:
    assert says in refusal(file, text)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("length_ticks = 480, voices = ['0 60 480']", "a note is 'start pitch length velocity' in whole numbers"),
        ("length_ticks = 480, voices = ['0 60 -4 80']", "a note is 'start pitch length velocity' in whole numbers"),
        ("length_ticks = 480, voices = ['0 128 480 80']", "pitch must be 0..127, got 128"),
        ("length_ticks = 480, voices = ['0 60 480 0']", "velocity must be 1..127, got 0"),
        ("length_ticks = 480, voices = ['0 60 0 80']", "duration must be at least 1 tick"),
        ("length_ticks = 480, voices = ['1 60 480 80']", "ends after length_ticks = 480"),
        ("length_ticks = 0, voices = ['']", "length_ticks must be 1..122880, 64 bars, got 0"),
        ("length_ticks = 480, voices = []", "voices must be 1..16 texts, got 0"),
        ("length_ticks = 480, voices = [''], meter = '1/0'", "no such meter: 1/0"),
    ],
)
def test_kept_bars_are_checked_note_by_note(file: Path, source: str, says: str) -> None:
    said = refusal(file, PART + f"source = {{{source}}}")
    assert said.startswith("part 1.source: ")
    assert says in said


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"missing\.toml: cannot be read \(No such file"):
        read_session(tmp_path / "missing.toml")
    with pytest.raises(FileError, match="cannot be read"):
        read_session(tmp_path)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(FileError, match="over 1 MiB, so none of Hocket's files"):
        read_session(large)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="not TOML"):
        read_session(binary)


def test_files_that_cannot_be_written_say_why(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"ends in \.toml"):
        write_session(Session(), tmp_path / "song.mid")
    with pytest.raises(FileError, match=r"cannot be written \(No such file"):
        write_session(Session(), tmp_path / "no" / "set.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(FileError, match="cannot be written"):
        write_session(Session(), tmp_path / "folder.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.toml"]


KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from realtime.engine.setup import PartSetup
from realtime.session import Session, write_session
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
write_session(Session(part=(PartSetup(model="other"),)), Path(sys.argv[1]))
"""


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_a_kill_while_saving_leaves_the_old_file_whole(file: Path) -> None:
    write_session(FULL, file)
    done = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(file)], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(file.parent.iterdir())) == 2  # it was in the middle of writing
    assert read_session(file) == FULL


NOTES = st.builds(Note, st.integers(0, 1919), st.integers(0, 127), st.integers(1, 480), st.integers(1, 127))
PHRASES = st.lists(NOTES, max_size=8).map(lambda notes: Phrase.of(notes, meter=Meter(6, 8), length_ticks=2880))


@given(st.lists(PHRASES, min_size=1, max_size=4).map(tuple))
def test_bars_are_kept_note_for_note(phrases: tuple[Phrase, ...]) -> None:
    kept = KeptBars.of(phrases)
    assert kept is not None
    assert kept.phrases() == phrases
    assert KeptBars.of(()) is None


@given(st.text(max_size=60), st.lists(st.sampled_from(["part", "part-2", "a", "a-2"])))
def test_any_name_becomes_one_that_a_part_can_have(wanted: str, taken: list[str]) -> None:
    name = free_name(wanted, taken)
    assert name not in taken
    assert PartSetup(model="m", name=name).name == name


def test_a_session_that_is_broken_is_played_from_its_last_good_copy(file: Path) -> None:
    write_session(FULL, file)
    write_session(Session(), file)
    lines: list[str] = []
    file.write_text("[time]\nbpm = 'fast'", encoding="utf-8")
    assert read_session(file, tell=lines.append) == FULL
    assert lines == [
        f"{file}: time.bpm: Expected `float`, got `str`; the last good copy is used, "
        "the broken file is kept as set.toml.broken"
    ]
    assert read_session(file, tell=lines.append) == FULL


def test_a_session_of_a_newer_version_is_left_alone(file: Path) -> None:
    write_session(FULL, file)
    write_session(FULL, file)
    file.write_text("version = 9", encoding="utf-8")
    with pytest.raises(FileError, match="session version 9; this Hocket reads version 1, so update Hocket"):
        read_session(file)
    assert file.read_text(encoding="utf-8") == "version = 9"


@pytest.mark.parametrize("name", ["../up", "..", "/etc/passwd", "a/b", "a\\b", "C:x"])
def test_names_of_parts_lead_nowhere(file: Path, name: str) -> None:
    assert "a part's name is 1..32 letters" in refusal(file, f"[[part]]\nmodel = 'm'\nname = '{name}'")
