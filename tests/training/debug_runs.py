"""What every debug recipe has to do, from the command to the bundle."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from realtime.bundle import load_bundle
from realtime.music.note import Note, Phrase
from training.checkpoint import read_about
from training.cli import export_command, train_command


def trained_by_seed(recipe: str, folder: Path) -> dict[str, Any]:
    """Train in `folder`/0, 1 and 2, by seeds 5, 5 and 6; returns what is kept about the first run."""
    runs = [train_command(recipe, (), folder / str(i), seed=seed) for i, seed in enumerate((5, 5, 6))]
    assert runs[0].steps == 10
    assert runs[0].losses == runs[1].losses != runs[2].losses
    assert np.isfinite(runs[0].losses).all()
    about = read_about(folder / "0")
    assert about["command"] == f"hocket train {recipe} --seed 5"
    return about


def exported(run: Path, bundle: Path, kind: str) -> dict[str, Any]:
    """Export a run; returns the manifest, which says nothing of this machine."""
    export_command(run, bundle)
    manifest: dict[str, Any] = json.loads((bundle / "bundle.json").read_text())
    assert manifest["kind"] == kind
    assert str(run.parent) not in json.dumps(manifest)
    assert load_bundle(bundle).size_bytes < 1 << 20
    return manifest


def melody(*pitches: int, start: int = 0) -> Phrase:
    """A beat a pitch."""
    return Phrase.of([Note(start + i * 480, pitch, 480, 90) for i, pitch in enumerate(pitches)])
