"""No pickle anywhere: what is given as a checkpoint and is one, is refused without a byte of it being run."""

import ast
import pickle
from pathlib import Path

import pytest
import torch

import realtime
from realtime.errors import FileError
from tests.pickled import Writes
from training.checkpoint import CHECKPOINT, load_checkpoint, read_about
from training.networks.transformer import MelodyTransformer, TransformerConfig
from training.warm_start import warm_start

ROOT = Path(realtime.__file__).parents[1]
RUNS_CODE = {"pickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("by_torch", [False, True])
def test_a_pickle_given_as_a_checkpoint_is_never_run(tmp_path: Path, protocol: int, by_torch: bool) -> None:
    marker, path = tmp_path / "marker", tmp_path / CHECKPOINT
    if by_torch:
        torch.save(Writes(marker), path, pickle_protocol=max(2, protocol))
    else:
        path.write_bytes(pickle.dumps(Writes(marker), protocol))
    network = MelodyTransformer(TransformerConfig(width=32, layers=1, heads=2, max_context=32))
    readers = (
        read_about,
        lambda folder: load_checkpoint(folder, {"network": network}),
        lambda folder: warm_start(network, folder),
    )
    for read in readers:
        with pytest.raises(FileError, match="safetensors only"):
            read(tmp_path)
    assert not marker.exists()


def test_nothing_in_the_source_can_run_a_pickle() -> None:
    wrong = []
    for package in ("realtime", "training", "gui"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if reason := _runs_code(node):
                    wrong.append((str(path.relative_to(ROOT)), reason))
    assert wrong == []


def _runs_code(node: ast.AST) -> str:
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = {alias.name.split(".")[0] for alias in node.names} | {str(getattr(node, "module", "")).split(".")[0]}
        return ", ".join(sorted(names & RUNS_CODE))
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "load":
        return ""
    owner = ast.unparse(node.func.value)
    refused = any(k.arg == "allow_pickle" and ast.unparse(k.value) == "False" for k in node.keywords)
    return f"{owner}.load" if owner == "torch" or (owner in ("np", "numpy") and not refused) else ""


def test_the_search_finds_what_it_looks_for() -> None:
    wrong = ("import pickle", "torch.load(x)", "np.load(x)", "from joblib import load")
    texts = (*wrong, "np.load(x, allow_pickle=False)", "json.load(x)")
    found = [_runs_code(node) for text in texts for node in ast.walk(ast.parse(text))]
    assert [reason for reason in found if reason] == ["pickle", "torch.load", "np.load", "joblib"]
