"""Which class plays which kind of bundle, and where bundles are found."""

import os
from collections.abc import Callable
from pathlib import Path

from realtime.bundle import Bundle, load_bundle
from realtime.bundle.store import MANIFEST
from realtime.errors import BundleError, UsageError
from realtime.generators.base import Generator
from realtime.generators.continuation import ContinueGenerator
from realtime.generators.latent import MorphGenerator
from realtime.generators.quartet import QuartetGenerator
from realtime.generators.sketch import SketchGenerator

GENERATORS: dict[str, Callable[[Bundle], Generator]] = {
    "continue": ContinueGenerator,
    "morph": MorphGenerator,
    "quartet": QuartetGenerator,
    "sketch": SketchGenerator,
}
MODELS_VARIABLE = "HOCKET_MODELS"


def model_folders() -> list[Path]:
    """Folders that hold bundles: $HOCKET_MODELS (if set), then the project's `exported_models`."""
    shipped = Path(__file__).resolve().parents[2] / "exported_models"
    given = os.environ.get(MODELS_VARIABLE)
    return [*(Path(p) for p in (given or "").split(os.pathsep) if p), shipped]


def installed_bundles() -> dict[str, Path]:
    """Bundle name -> folder; the first folder that has a name wins."""
    found: dict[str, Path] = {}
    for root in model_folders():
        for manifest in sorted(root.glob(f"*/{MANIFEST}")):
            found.setdefault(manifest.parent.name, manifest.parent)
    return found


def find_bundle(model: str) -> Path:
    """Folder of a model given by name or by path. Raises `UsageError` for a name that is not installed."""
    if (Path(model) / MANIFEST).is_file() or os.sep in model:
        return Path(model)
    installed = installed_bundles()
    if model not in installed:
        raise UsageError(
            f"no model {model!r} (installed: {', '.join(installed) or 'none'}; a folder's path also works)"
        )
    return installed[model]


def open_generator(folder: Path) -> Generator:
    """Load a bundle and the generator for its kind. Raises `BundleError`."""
    bundle = load_bundle(folder)
    if bundle.spec.kind not in GENERATORS:
        raise BundleError(
            f"{folder}: kind {bundle.spec.kind!r} cannot be played yet (playable: {', '.join(GENERATORS)})"
        )
    return GENERATORS[bundle.spec.kind](bundle)
