"""Load and save bundles. One format, one strict loader: whatever does not fit is refused with what to do about it."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from realtime.bundle.spec import FORMAT_VERSION, KINDS, BundleSpec
from realtime.errors import BundleError
from realtime.music.codecs import CODECS

MANIFEST = "bundle.json"
GOLDEN = "golden.npz"
MAX_FILE_BYTES = 64 << 20
MAX_MANIFEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle: its manifest and where its files are."""

    folder: Path
    spec: BundleSpec

    def graph_path(self, name: str) -> Path:
        """Path of the graph `name`; `BundleError` if the bundle has none."""
        try:
            return self.folder / self.spec.graph(name).file
        except KeyError:
            have = ", ".join(g.name for g in self.spec.graphs)
            raise BundleError(
                f"{self.folder}: no graph {name!r} in this bundle (it has {have}); export it again"
            ) from None

    @property
    def size_bytes(self) -> int:
        """Size of all files named in the manifest."""
        return sum((self.folder / name).stat().st_size for name in self.spec.files)


def load_bundle(folder: Path) -> Bundle:
    """Read and verify a bundle folder.

    Raises `BundleError` on a missing or broken manifest, an unknown version, kind or codec, a codec whose tables
    are not ours, a file outside the folder, a link, a size over 64 MiB or a wrong sha256.
    """
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise BundleError(f"{folder}: no {MANIFEST} here; a bundle is a folder made by `hocket export`")
    if manifest.stat().st_size > MAX_MANIFEST_BYTES:
        raise BundleError(f"{manifest}: larger than {MAX_MANIFEST_BYTES >> 20} MiB; that is no manifest")
    spec = _decode(manifest)
    _check_spec(manifest, spec)
    for name, digest in spec.files.items():
        _check_file(folder, name, digest)
    return Bundle(folder, spec)


def _decode(manifest: Path) -> BundleSpec:
    data = manifest.read_bytes()
    try:
        version = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("format_version")
        if version is not None and bytes(version) != str(FORMAT_VERSION).encode():
            got = bytes(version)[:20].decode(errors="replace")
            raise BundleError(
                f"{manifest}: format_version {got}, this Hocket reads {FORMAT_VERSION}; update Hocket or export again"
            )
        return msgspec.json.decode(data, type=BundleSpec)
    except msgspec.MsgspecError as error:
        raise BundleError(f"{manifest}: {error}; the manifest is damaged, export or copy the bundle again") from error


def _check_spec(manifest: Path, spec: BundleSpec) -> None:
    if spec.kind not in KINDS:
        raise BundleError(f"{manifest}: kind {spec.kind!r}, expected one of {', '.join(KINDS)}")
    codec = CODECS.get(spec.codec)
    if codec is None:
        raise BundleError(f"{manifest}: codec {spec.codec!r}, this Hocket knows {', '.join(CODECS)}")
    if codec.table_hash() != spec.codec_hash:
        raise BundleError(
            f"{manifest}: trained with other {spec.codec} tables (hash {spec.codec_hash[:12]}, "
            f"ours {codec.table_hash()[:12]}); train it again with this version"
        )
    unnamed = [g.file for g in spec.graphs if g.file not in spec.files]
    if unnamed:
        raise BundleError(f"{manifest}: {unnamed[0]} has no sha256 in the manifest; export the bundle again")


def _check_file(folder: Path, name: str, digest: str) -> None:
    path = folder / name
    if Path(name).name != name or name in ("", ".", ".."):
        raise BundleError(f"{folder}: {name!r} is not a plain file name; a bundle keeps its files in its own folder")
    if path.is_symlink() or not path.is_file() or path.stat().st_nlink > 1:
        raise BundleError(f"{path}: missing or a link; copy the whole bundle folder again")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BundleError(f"{path}: {path.stat().st_size >> 20} MiB, at most {MAX_FILE_BYTES >> 20} are loaded")
    got = hashlib.sha256(path.read_bytes()).hexdigest()
    if got != digest:
        raise BundleError(f"{path}: sha256 {got[:12]}, the manifest says {digest[:12]}; copy the bundle again")


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
