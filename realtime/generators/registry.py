"""Which class plays which kind of bundle, and where bundles are found."""

import os
from collections.abc import Callable
from pathlib import Path

from realtime.bundle import Bundle, load_bundle
from realtime.bundle.installed import installed_bundles
from realtime.bundle.store import MANIFEST
from realtime.errors import BundleError, HocketError, UsageError
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
    try:
        return GENERATORS[bundle.spec.kind](bundle)
    except HocketError:
        raise
    except Exception as error:  # tables and settings that are valid each, but not together
        raise BundleError(f"{folder}: no {bundle.spec.kind} model ({error!r:.160}); export it again") from error
