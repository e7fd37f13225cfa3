"""The loader refuses whatever does not fit, and says what to do."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from realtime.bundle import load_bundle, save_bundle, store
from realtime.errors import BundleError


def edit(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    manifest = folder / "bundle.json"
    values = json.loads(manifest.read_text())
    change(values)
    manifest.write_text(json.dumps(values))


def test_a_bundle_survives_saving(toy_copy: Path, tmp_path: Path) -> None:
    bundle = load_bundle(toy_copy)
    files = {name: (toy_copy / name).read_bytes() for name in bundle.spec.files}
    again = save_bundle(tmp_path / "again", bundle.spec, files)
    assert again.spec == bundle.spec


def test_saving_over_a_bundle_keeps_its_readme_and_drops_old_graphs(toy_copy: Path) -> None:
    bundle = load_bundle(toy_copy)
    files = {name: (toy_copy / name).read_bytes() for name in bundle.spec.files}
    (toy_copy / "README.md").write_text("card")
    (toy_copy / "old.onnx").write_bytes(b"old")
    save_bundle(toy_copy, bundle.spec, files)
    assert (toy_copy / "README.md").read_text() == "card"
    assert not (toy_copy / "old.onnx").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m.update(format_version=2), "format_version 2, this Hocket reads 1"),
        (lambda m: m.update(kind="polka"), "expected one of continue"),
        (lambda m: m.update(codec="morse"), "this Hocket knows melody-events"),
        (lambda m: m.update(codec_hash="0" * 64), "train it again"),
        (lambda m: m.update(surprise=1), "unknown field"),
        (lambda m: m.pop("graphs"), "missing required field"),
        (lambda m: m.update(params="many"), "Expected `int`"),
        (lambda m: m["files"].update({"../escape": "0" * 64}), "not a plain file name"),
        (lambda m: m["files"].update({"ghost.onnx": "0" * 64}), "missing"),
        (lambda m: m["files"].pop("step.onnx"), "has no sha256"),
    ],
)
def test_a_manifest_that_does_not_fit(toy_copy: Path, change: Callable[[dict[str, object]], None], says: str) -> None:
    edit(toy_copy, change)
    with pytest.raises(BundleError, match=says):
        load_bundle(toy_copy)


def test_a_changed_file_is_refused(toy_copy: Path) -> None:
    graph = toy_copy / "step.onnx"
    data = bytearray(graph.read_bytes())
    data[len(data) // 2] ^= 1
    graph.write_bytes(bytes(data))
    with pytest.raises(BundleError, match="sha256"):
        load_bundle(toy_copy)


@pytest.mark.parametrize("make_link", [os.symlink, os.link])
def test_links_are_refused(toy_copy: Path, tmp_path: Path, make_link: Callable[[Path, Path], None]) -> None:
    outside = tmp_path / "outside.onnx"
    (toy_copy / "step.onnx").rename(outside)
    make_link(outside, toy_copy / "step.onnx")
    with pytest.raises(BundleError, match="a link"):
        load_bundle(toy_copy)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b'{"format_version": true}', b"null"])
def test_no_manifest_at_all(toy_copy: Path, data: bytes) -> None:
    (toy_copy / "bundle.json").write_bytes(data)
    with pytest.raises(BundleError):
        load_bundle(toy_copy)


def test_an_empty_folder_says_what_a_bundle_is(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="a bundle is a folder made by"):
        load_bundle(tmp_path)


def test_a_bundle_tells_what_it_has(toy_copy: Path) -> None:
    bundle = load_bundle(toy_copy)
    assert bundle.graph_path("step") == toy_copy / "step.onnx"
    assert bundle.graph_bytes("step") == (toy_copy / "step.onnx").read_bytes()
    assert bundle.size_bytes == sum((toy_copy / name).stat().st_size for name in bundle.spec.files)
    with pytest.raises(BundleError, match=r"no graph 'leap' in this bundle \(it has step\)"):
        bundle.graph_path("leap")
    with pytest.raises(BundleError, match=r"no prior\.npz in this bundle"):
        bundle.arrays("prior.npz")


def test_all_files_together_have_a_limit(toy_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_BUNDLE_BYTES", 1000)
    with pytest.raises(BundleError, match="which is the most that is loaded"):
        load_bundle(toy_copy)
