"""The command line as people and scripts rely on it: exit codes, one useful line, JSON on stdout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.music.examples import EXAMPLES
from realtime.music.midi_file import OutTrack, read_midi, write_midi


def hocket(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "realtime", *map(str, arguments)]
    # CI=true as on a build server: some libraries become talkative then, and standard output is for results only.
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"CI": "true"},
    )


@pytest.fixture
def prime(tmp_path: Path) -> Path:
    file = tmp_path / "prime.mid"
    write_midi(file, [OutTrack(name="You", phrase=EXAMPLES["jig"].phrase())], bpm=110)
    return file


VERBS = ["gui", "run", "demo", "generate", "ports", "monitor", "panic", "models", "doctor", "render", "train", "export"]


@pytest.mark.parametrize("verb", [*VERBS, "evaluate"])
def test_every_verb_explains_itself(verb: str) -> None:
    result = hocket(verb, "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout


def test_help_shows_the_verbs() -> None:
    result = hocket("--help")
    assert all(verb in result.stdout for verb in VERBS)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "--bpm", "0"], 2, "tempo must be 20..400"),
        (["run", "--meter", "4/5"], 2, "no such meter"),
        (["run", "--end", "whenever"], 2, "--end must be one of auto, trade, pedal, key"),
        (["run", "--model", "hurdy-gurdy"], 2, "no model 'hurdy-gurdy' (installed: continue"),
        (["run", "-c", "wobble=1"], 2, "no control 'wobble' (it has temperature"),
        (["run", "-c", "temperature=hot"], 2, "temperature takes a number"),
        (["run", "--backend", "memory", "--in", "Theremin"], 3, "Theremin"),
        (["run", "--session", "set.toml", "--bpm", "90"], 2, "--bpm and --session: the session file says that"),
        (["run", "--session", "missing.toml", "--osc", "0"], 4, "missing.toml: cannot be read"),
        (["generate", "continue", "-o", "x.mid", "--prime", "missing.mid"], 4, "No such file"),
        (["generate", "continue", "-o", "x.mid", "-c", "key"], 2, "name=value"),
        (["render", "missing.mid", "-o", "x.wav"], 4, "No such file"),
        (["render", "missing.mid"], 2, "nothing to do"),
        (["run", "--model", "./nothing"], 5, "a bundle is a folder made by"),
        (["run", "--trace", "no/such/folder/trace", "--backend", "memory"], 4, "cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_the_right_exit_code(arguments: list[str], code: int, says: str) -> None:
    result = hocket(*arguments)
    assert result.returncode == code
    assert says in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_generate_answers_a_prime_and_says_so_in_json(tmp_path: Path, prime: Path) -> None:
    out = tmp_path / "out.mid"
    result = hocket("generate", "continue", "--prime", prime, "-o", out, "--seed", "5", "--end", "trade", "--json")
    summary = json.loads(result.stdout)
    score = read_midi(out)
    assert summary["notes"] == len(score.phrase(1).notes) > 0
    assert score.phrase(0).notes == EXAMPLES["jig"].phrase().notes
    assert score.tempo.bpm_at(0) == pytest.approx(110, abs=0.01)
    assert score.phrase(1).notes[0].start_tick == summary["start_tick"]
    assert summary["start_tick"] % EXAMPLES["jig"].meter.bar_ticks == 0


def test_generate_is_deterministic_by_its_seed(tmp_path: Path, prime: Path) -> None:
    files = [tmp_path / f"{i}.mid" for i in range(3)]
    for file, seed in zip(files, ("5", "5", "6"), strict=True):
        assert hocket("generate", "continue", "--prime", prime, "-o", file, "--seed", seed).returncode == 0
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()


def test_generate_without_a_prime_opens_by_itself(tmp_path: Path) -> None:
    out = tmp_path / "opening.mid"
    arguments = ["--bars", "3", "--meter", "6/8", "-c", "scale=dorian", "-c", "key=D", "-c", "scale_mode=filter"]
    assert hocket("generate", "continue", "-o", out, *arguments).returncode == 0
    notes = read_midi(out).phrase().notes
    assert notes[0].start_tick == 0
    assert notes[-1].end_tick <= 3 * 1440
    assert all(note.pitch % 12 in {2, 4, 5, 7, 9, 11, 0} for note in notes)


def test_models_are_listed_and_verified() -> None:
    listed = json.loads(hocket("models", "--json").stdout)["models"]
    names = [control["name"] for control in listed[0]["controls"]]
    assert listed[0]["kind"] == "continue"
    assert listed[0]["size_mb"] <= 12
    assert {"temperature", "top_p", "density", "octave", "key", "scale", "scale_mode", "accent"} <= set(names)
    verified = hocket("models", "verify")
    assert verified.returncode == 0
    assert "golden outputs reproduced" in verified.stdout


def test_a_broken_model_is_exit_code_5(toy_copy: Path) -> None:
    (toy_copy / "step.onnx").write_bytes(b"")
    result = hocket("run", "--model", toy_copy)
    assert result.returncode == 5
    assert "sha256" in result.stderr


def test_ports_as_json() -> None:
    told = json.loads(hocket("ports", "--json", "--backend", "memory").stdout)
    assert isinstance(told["ports"], list)
    assert isinstance(told["audio"], list)


def test_doctor_says_how_to_mend_what_fails() -> None:
    report = json.loads(hocket("doctor", "--json").stdout)
    assert {check["name"] for check in report["checks"]} >= {"python", "midi", "timing", "versions"}
    assert all(check["ok"] or check["fix"] or not check["needed"] for check in report["checks"])


@pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes streams")
@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-"])
def test_a_stream_that_the_caller_has_closed_is_no_error(closed: str) -> None:
    ports = [sys.executable, "-m", "realtime", "ports"]  # which opens libraries that write by number
    result = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", *ports], timeout=60, check=False)
    assert result.returncode == 0
