"""`make train-debug`, its lines read from the Makefile and given to the real command line."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from realtime.cli import main
from training.checkpoint import read_about
from training.recipes import RECIPES

MAKEFILE = Path(__file__).parents[2] / "Makefile"
LINE = re.compile(r"^\t\$\(BIN\)/hocket (train \S+-debug) --out runs/\S+$", re.MULTILINE)
COMMANDS = LINE.findall(MAKEFILE.read_text(encoding="utf-8"))


def test_make_train_debug_trains_every_debug_recipe() -> None:
    assert sorted(COMMANDS) == sorted(f"train {name}" for name in RECIPES if name.endswith("-debug"))


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_end_well_and_leave_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["hocket", *shlex.split(command), "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert read_about(tmp_path)["command"] == f"hocket {command} --seed 0"
