"""Where bundles are looked for, and which of two of one name is taken."""

import os
from pathlib import Path

import pytest

from realtime.bundle.installed import MODELS_VARIABLE, installed_bundles, model_folders


def test_folders_that_are_named_come_before_the_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    (shipped,) = model_folders()
    assert {"continue", "morph", "quartet", "sketch"} <= set(installed_bundles())
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, name in ((first, "mine"), (second, "mine"), (second, "morph")):
        (folder / name).mkdir(parents=True)
        (folder / name / "bundle.json").write_bytes(b"{}")
    (first / "empty").mkdir()
    monkeypatch.setenv(MODELS_VARIABLE, os.pathsep.join(map(str, (first, "", second))))
    assert model_folders() == [first, second, shipped]
    found = installed_bundles()
    assert found["mine"] == first / "mine"
    assert found["morph"] == second / "morph"
    assert found["quartet"] == shipped / "quartet"
    assert "empty" not in found
