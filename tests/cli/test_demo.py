import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.music.midi_file import read_midi


@pytest.mark.processes
def test_the_demo_plays_a_whole_performance_without_any_device(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    result = subprocess.run(
        [sys.executable, "-m", "realtime", "demo", "--out", str(out), "--json"],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env={**os.environ, "JACK_DEFAULT_SERVER": "none-such", "JACK_NO_START_SERVER": "1"},
    )
    report = json.loads(result.stdout)
    assert result.returncode == 0
    assert report["ok"]
    assert report["turns"] == 2
    assert report["hung_notes"] == 0
    assert report["seconds"] < 60
    score = read_midi(out / "demo.mid")
    parts = ("continue", "morph", "quartet", "sketch")
    assert [track.name for track in score.tracks] == ["You", *(f"Hocket {part.capitalize()}" for part in parts)]
    assert tuple(report["notes_by_part"]) == parts
    assert all(count >= 4 for count in report["notes_by_part"].values())
    assert len(score.phrase(1).notes) == report["notes_answered"] > 8
