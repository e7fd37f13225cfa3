"""Graphs with some bytes changed, of those that pass the check: onnxruntime refuses them or runs them, and lives."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.fuzz import DEEP

ROOT = Path(__file__).parents[2]
COUNT = 60


def changed(good: bytes, chance: random.Random) -> bytes:
    """Bytes in the structure, which stands at both ends: changed weights are only another network."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(min(len(data), 3000))
        data[chance.choice((at, len(data) - 1 - at))] = chance.choice((0, 1, 2, 127, 128, 255, chance.randrange(256)))
    return bytes(data)


@pytest.mark.parametrize("seed", range(50 if DEEP else 1))
def test_changed_graphs_never_take_the_process_down(toy_morph: Path, tmp_path: Path, seed: int) -> None:
    chance, good = random.Random(seed), (toy_morph / "decoder.onnx").read_bytes()
    for number in range(COUNT):
        (tmp_path / f"{number:03}.onnx").write_bytes(changed(good, chance))
    command = [sys.executable, "-m", "tests.fuzz.run_many", str(toy_morph), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=100, check=False)
    assert done.returncode == 0, f"{done.stdout.splitlines()[-1:]} {done.stderr[-500:]}"
    assert done.stderr == ""  # nothing of it reaches the terminal
    lines = done.stdout.splitlines()
    assert len(lines) == COUNT
    assert set(Counter(line.split()[1] for line in lines)) == {"ran", "refused:"}
