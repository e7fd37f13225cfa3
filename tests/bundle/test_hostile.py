"""Bundles from strangers: each is refused with one line that says why, before onnxruntime sees anything of it."""

import io
import os
import pickle
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from realtime.bundle import load_bundle
from realtime.bundle.graph_file import MAX_FIELDS
from realtime.bundle.store import MAX_FILE_BYTES, MAX_MANIFEST_BYTES
from realtime.errors import BundleError
from realtime.generators import registry
from realtime.generators.latent import MorphGenerator
from tests.bundle import hostile
from tests.pickled import Writes


@pytest.fixture
def morph(toy_morph: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(toy_morph, tmp_path / "morph"))


def refusal(folder: Path) -> str:
    with pytest.raises(BundleError) as refused:
        load_bundle(folder)
    said = str(refused.value)
    assert "\n" not in said
    assert said.startswith(str(folder))
    return said


def test_a_graph_of_allowed_operators_is_loaded(morph: Path) -> None:
    """The hostile graphs below differ from this one in the one thing each is about."""
    registry.open_generator(hostile.put(morph, "decoder.onnx", hostile.plain().SerializeToString()))


@pytest.mark.parametrize(
    ("built", "says"),
    [
        (hostile.endless(), "operator 'Loop', which no exporter"),
        (hostile.huge(), "operator 'ConstantOfShape', which no exporter"),
        (hostile.with_functions(), "functions"),
        (hostile.external("../weights.bin"), "weights in another file"),
        (hostile.external("/etc/hostname"), "weights in another file"),
        (hostile.external("link.bin"), "weights in another file"),
        (hostile.external("hard.bin"), "weights in another file"),
        (b"", "it is empty"),
        (b"garbage of some length", "no graph of Hocket's"),
        (hostile.plain().SerializeToString()[:-1], "it is cut off"),
        (hostile.plain().SerializeToString()[:200], "it is cut off"),
        (b"\x08\x01" * (MAX_FIELDS + 1), f"over {MAX_FIELDS} fields"),
        (b"\x08" + b"\xff" * 20, "it is cut off"),  # a number without an end
        (pickle.dumps({"weights": 1}), "no graph of Hocket's"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_graphs_that_are_not_ours(morph: Path, built: Any, says: str) -> None:
    outside = morph.parent / "outside.bin"
    outside.write_bytes(bytes(4 * 32 * 63))
    (morph / "link.bin").symlink_to(outside)
    os.link(outside, morph / "hard.bin")
    data = built if isinstance(built, bytes) else built.SerializeToString()
    assert says in refusal(hostile.put(morph, "decoder.onnx", data))


def test_a_tensor_in_an_attribute_is_looked_at_too(morph: Path) -> None:
    built = hostile.plain()
    attribute = helper.make_attribute("value", helper.make_tensor("w", TensorProto.FLOAT, [1], [0.0]))
    attribute.t.data_location = TensorProto.EXTERNAL
    built.graph.node[0].attribute.append(attribute)
    assert "weights in another file" in refusal(hostile.put(morph, "decoder.onnx", built.SerializeToString()))


@pytest.mark.parametrize("name", ["decoder.onnx", "prior.npz", "bundle.json"])
@pytest.mark.parametrize("make_link", [os.symlink, os.link])
def test_links_are_refused_whatever_file_they_stand_for(morph: Path, name: str, make_link: Any) -> None:
    (morph / name).rename(morph.parent / "outside")
    make_link(morph.parent / "outside", morph / name)
    assert "a link" in refusal(morph)


def test_a_pipe_a_folder_and_a_large_file_are_refused_at_once(morph: Path) -> None:
    begun = time.monotonic()
    for make in (os.mkfifo, os.mkdir):
        (morph / "decoder.onnx").unlink(missing_ok=True)
        make(morph / "decoder.onnx")
        assert "no file" in refusal(morph) or "Is a directory" in refusal(morph)
        (morph / "decoder.onnx").unlink() if make is os.mkfifo else (morph / "decoder.onnx").rmdir()
    with (morph / "decoder.onnx").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert "over 64 MiB" in refusal(morph)
    (morph / "bundle.json").write_bytes(b" " * (MAX_MANIFEST_BYTES + 1))
    assert "over 1 MiB" in refusal(morph)
    assert time.monotonic() - begun < 2.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m["files"].update({"a\0b": "0"}), "not a plain file name"),
        (lambda m: m["files"].update({"x" * 5000: "0"}), "not a plain file name"),
        (lambda m: m["files"].update({"C:\\x": "0"}), "not a plain file name"),
        (lambda m: m["files"].update({".hidden": "0"}), "not a plain file name"),
        (lambda m: m["files"].update({f"f{i}": "0" for i in range(40)}), "at most 32 files"),
        (lambda m: m["graphs"].append(m["graphs"][0]), "no graph twice"),
        (lambda m: m["graphs"][0]["inputs"][0].update(shape=[1, 1 << 40]), "not of this world"),
        (lambda m: m["graphs"][0]["inputs"][0].update(shape=[1] * 9), "not of this world"),
        (lambda m: m["graphs"][0]["inputs"][0].update(shape=[-1]), "not of this world"),
        (lambda m: m["graphs"][0].update(inputs=m["graphs"][0]["inputs"] * 300), "over 256 inputs and outputs"),
        (lambda m: m["config"].update(latent=1 << 40), "config latent is 1.09951e+12, at most 65536"),
        (lambda m: m["controls"][0].update(low=5, high=1), "do not fit together"),
        (lambda m: m["controls"][0].update(default=99), "do not fit together"),
        (lambda m: m["controls"][0].update(labels=["a", "b"]), "do not fit together"),
        (lambda m: m["controls"][0].update(name="../x"), "do not fit together"),
        (lambda m: m["controls"].append(m["controls"][0]), "each with a name of its own"),
        (lambda m: m.update(title="\x1b[2J"), "no text to be shown"),
        (lambda m: m.update(title="x" * 3000), "no text to be shown"),
    ],
)
def test_manifests_that_say_too_much(morph: Path, change: Any, says: str) -> None:
    hostile.edit(morph, change)
    assert says in refusal(morph)


@pytest.mark.parametrize(
    "data",
    [b"[" * 100_000, b'{"a":' * 100_000, b'{"format_version":1,"kind":' + b"[" * 100_000, b'{"format_version":1e999}'],
)
def test_deep_and_broken_json(morph: Path, data: bytes) -> None:
    (morph / "bundle.json").write_bytes(data)
    refusal(morph)


def packed(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()


def saved(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


HEAD = b"\x93NUMPY\x01\x00"


def lying(shape: str) -> bytes:
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode() + b"\n"
    return HEAD + len(head).to_bytes(2, "little") + head + bytes(64)


def test_tables_that_are_pickles_run_nothing(morph: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    whole = pickle.dumps(Writes(marker))
    objects = saved(mean=np.array([Writes(marker)], object), root=np.zeros(1))
    for data in (whole, objects, packed(mean=whole, root=whole)):
        bundle = load_bundle(hostile.put(morph, "prior.npz", data))
        with pytest.raises(BundleError, match="no tables"):
            MorphGenerator(bundle)
    assert not marker.exists()
    pickle.loads(whole)
    assert marker.exists()  # it would have


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        packed(mean=b"", root=b""),
        packed(mean=lying("(1000000000000,)"), root=lying("(16, 16)")),
        packed(mean=bytes(100 << 20)),  # 100 kB that become 100 MB
        saved(**{f"a{i}": np.zeros(1) for i in range(100)}),
        saved(mean=np.full(16, np.nan), root=np.eye(16)),
        saved(mean=np.array(["text"]), root=np.eye(16)),
        saved(mean=np.zeros(16)),
        saved(mean=np.zeros(16), root=np.eye(3)),
    ],
    ids=range(10),
)
def test_tables_that_are_none(morph: Path, data: bytes) -> None:
    bundle = load_bundle(hostile.put(morph, "prior.npz", data))
    with pytest.raises(BundleError) as refused:
        MorphGenerator(bundle)
    assert "\n" not in str(refused.value)


def test_what_was_checked_is_what_plays(morph: Path) -> None:
    """The folder may change after the check: its files are not read again."""
    bundle = load_bundle(morph)
    for name in ("decoder.onnx", "prior.npz", "scales.npz"):
        (morph / name).write_bytes(b"changed")
    MorphGenerator(bundle)


def test_what_is_valid_in_parts_but_not_together_is_one_line(morph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: object) -> None:
        raise IndexError("index 62 is out of bounds\nfor axis 1")

    monkeypatch.setitem(registry.GENERATORS, "morph", breaks)
    with pytest.raises(BundleError, match="no morph model") as refused:
        registry.open_generator(morph)
    assert "\n" not in str(refused.value)
