"""`hocket run --session`, as a process."""

from pathlib import Path

import pytest

from realtime.cli.performance import Outside
from realtime.cli.sessions import perform_session
from realtime.errors import FileError
from realtime.session import read_session
from tests.cli.running import Running
from tests.cli.test_cli import hocket

pytestmark = pytest.mark.processes
SET = """
version = 1
[ports]
backend = "memory"
[time]
bpm = 240
meter = "3/4"
[[part]]
model = "{morph}"
name = "lead"
channel = 5
seed = 3
lookahead_beats = 1.5
controls = {{ register = 1.0 }}
post = {{ octave = 1, scale_lock = "snap" }}
snapshots = [{{ slot = 2, seed = 4, controls = {{ register = -2.0 }} }}]
[[part]]
model = "{continue_}"
seed = 9
[[part]]
model = "{morph}"
playing = false
"""


@pytest.fixture
def file(tmp_path: Path, toy_morph: Path, toy_bundle: Path) -> Path:
    path = tmp_path / "set.toml"
    path.write_text(SET.format(morph=toy_morph, continue_=toy_bundle), encoding="utf-8")
    return path


def test_a_session_plays_and_what_becomes_of_it_is_saved(tmp_path: Path, file: Path) -> None:
    run = Running(tmp_path, "--session", file)
    assert run.reports("RackChanged")[0]["parts"] == ["lead", "toy", "morph"]
    assert run.channels("lead") == {5}
    assert run.reports("Clock")[0]["bpm"] == 240
    run.say("recall lead 2", "set toy temperature 0.5", "set grid bar", "launch morph", "bpm 200", "store morph 1")
    run.wait("PartLaunched", part="morph")
    run.wait("Clock", bpm=200)
    run.say("save then.toml")
    run.wait("SessionSaved")
    assert "saved to then.toml" in run.end()

    before, then = read_session(file), read_session(tmp_path / "then.toml")
    assert then.ports == before.ports
    assert (then.time.bpm, then.time.meter, then.turns.grid) == (200, "3/4", "bar")
    lead, toy, morph = then.part
    assert (lead.channel, lead.seed, lead.lookahead_beats) == (5, 4, 1.5)
    assert (lead.controls, lead.post) == ({"register": -2.0}, {"octave": 1, "scale_lock": "snap"})
    assert lead.snapshots == before.part[0].snapshots
    assert (toy.name, toy.seed, toy.controls) == ("toy", 9, {"temperature": 0.5})
    assert morph.playing
    assert [snapshot.slot for snapshot in morph.snapshots] == [1]

    again = Running(tmp_path, "--session", tmp_path / "then.toml")
    assert again.reports("RackChanged")[0]["parts"] == ["lead", "toy", "morph"]
    again.channels("lead")
    again.say("save again.toml")
    again.wait("SessionSaved")
    again.end()
    assert read_session(tmp_path / "again.toml") == then


def test_what_is_saved_last_before_the_end_is_saved(tmp_path: Path, file: Path) -> None:
    run = Running(tmp_path, "--session", file)
    run.say(*(f"save {number}.toml" for number in range(5)), "save song.mid")
    said = run.end()
    assert all(f"saved to {number}.toml" in said for number in range(5))
    assert "song.mid: a session file ends in .toml" in said


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("channel = 5", "channel = 55", "part 1: channel must be 0..16, got 55"),
        ("register = 1.0", "wobble = 1.0", "lead has no control 'wobble' (it has "),
        ("register = 1.0", "register = 'high'", "lead: register takes a number, got 'high'"),
        ("register = 1.0", "register = nan", "lead: register must be -3..3, got nan"),
        ("octave = 1", "octave = 4", "lead: octave must be -3..3, got 4"),
        ("register = -2.0", "wobble = 1.0", "lead: snapshot 2 has no control 'wobble'"),
        ("seed = 9", "seed = 9\nlocks = ['alto']", "toy answers in turns; it has nothing to lock"),
        ("seed = 3", "seed = 3\nlocks = ['alto']", "lead has no 'alto' to lock"),
        ("seed = 9", "seed = 9\nname = 'x'\n[[part]]\nmodel = 'none-such'", "no model 'none-such' (installed: "),
        ("[[part]]", "[[parts]]", "unknown field `parts`"),
    ],
)
def test_what_a_session_asks_in_vain_is_told_with_the_files_name(file: Path, old: str, new: str, says: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FileError) as error:
        perform_session(file, trace=None, outside=Outside())
    assert str(error.value).startswith(f"{file}: ")
    assert says in str(error.value)


def test_a_session_that_cannot_play_ends_in_one_line(file: Path) -> None:
    file.write_text(file.read_text().replace("register = 1.0", "wobble = 1.0"), encoding="utf-8")
    result = hocket("run", "--session", file)
    (line,) = result.stderr.strip().splitlines()
    assert result.returncode == 4
    assert line.startswith(f"hocket: {file}: lead has no control 'wobble' (it has ")


def test_a_session_without_parts_says_what_one_looks_like(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("version = 1\n", encoding="utf-8")
    with pytest.raises(FileError, match=r'e\.g\. \[\[part\]\] with model = "continue"'):
        perform_session(tmp_path / "empty.toml", trace=None, outside=Outside())
