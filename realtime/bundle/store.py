"""Load and save bundles. One format, one strict loader: whatever does not fit is refused with what to do about it."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from realtime.bundle.arrays import Arrays, unpack_arrays
from realtime.bundle.graph_file import check_graph
from realtime.bundle.manifest import decode_manifest
from realtime.bundle.plain_files import read_plain
from realtime.bundle.spec import BundleSpec
from realtime.errors import BundleError

MANIFEST: Final = "bundle.json"
GOLDEN: Final = "golden.npz"
MAX_FILE_BYTES: Final = 64 << 20
MAX_BUNDLE_BYTES: Final = 256 << 20
MAX_MANIFEST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle: its manifest, where it is, and its files as they were verified.

    The files are read once: what is played is what was checked, whatever happens to the folder afterwards.
    """

    folder: Path
    spec: BundleSpec
    contents: Mapping[str, bytes] = field(repr=False, compare=False)  # by file name

    def graph_path(self, name: str) -> Path:
        """Path of the graph `name`; `BundleError` if the bundle has none."""
        try:
            return self.folder / self.spec.graph(name).file
        except KeyError:
            have = ", ".join(g.name for g in self.spec.graphs)
            raise BundleError(
                f"{self.folder}: no graph {name!r} in this bundle (it has {have}); export it again"
            ) from None

    def graph_bytes(self, name: str) -> bytes:
        """The graph `name` as it was verified; `BundleError` if the bundle has none."""
        return self.contents[self.graph_path(name).name]

    def arrays(self, file: str) -> Arrays:
        """The tables of an `.npz` file, finite numbers all. Raises `BundleError`."""
        if file not in self.contents:
            raise BundleError(f"{self.folder}: no {file} in this bundle; export it again")
        return unpack_arrays(self.folder / file, self.contents[file])

    @property
    def size_bytes(self) -> int:
        """Size of all files named in the manifest."""
        return sum(map(len, self.contents.values()))


def load_bundle(folder: Path) -> Bundle:
    """Read and verify a bundle folder.

    Raises `BundleError` on a missing or broken manifest, an unknown version, kind or codec, a codec whose tables
    are not ours, a file outside the folder, a link, a file over 64 MiB or files over 256 MiB, a wrong sha256, or a
    graph that is none or has what no exporter writes.
    """
    manifest = folder / MANIFEST
    if not manifest.exists():
        raise BundleError(f"{folder}: no {MANIFEST} here; a bundle is a folder made by `hocket export`")
    spec = decode_manifest(manifest, read_plain(manifest, MAX_MANIFEST_BYTES))
    contents: dict[str, bytes] = {}
    for name, digest in spec.files.items():
        contents[name] = _read_verified(folder / name, digest)
        if sum(map(len, contents.values())) > MAX_BUNDLE_BYTES:
            raise BundleError(f"{folder}: over {MAX_BUNDLE_BYTES >> 20} MiB, which is the most that is loaded")
    for file in {graph.file for graph in spec.graphs}:
        check_graph(folder / file, contents[file])
    return Bundle(folder, spec, contents)


def _read_verified(path: Path, digest: str) -> bytes:
    data = read_plain(path, MAX_FILE_BYTES)
    got = hashlib.sha256(data).hexdigest()
    if got != digest:
        raise BundleError(f"{path}: sha256 {got[:12]}, the manifest says {digest[:12]}; copy the bundle again")
    return data


def save_bundle(folder: Path, spec: BundleSpec, files: Mapping[str, bytes]) -> Bundle:
    """Write a bundle (files and manifest with their sha256) and load it back.

    The new folder is complete before it takes the old one's place; files of the old one that the new one does not
    name, such as a README, stay.
    """
    spec = msgspec.structs.replace(spec, files={n: hashlib.sha256(data).hexdigest() for n, data in files.items()})
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        fresh = Path(temporary) / folder.name
        fresh.mkdir()
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        (fresh / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(spec), indent=2) + b"\n")
        load_bundle(fresh)
        if folder.exists():
            for other in folder.iterdir():
                if other.is_file() and other.name not in {*files, MANIFEST} and not other.name.endswith(".onnx"):
                    shutil.copy2(other, fresh / other.name)
            folder.rename(Path(temporary) / "old")
        fresh.rename(folder)
    return load_bundle(folder)
