"""Where bundles are found. No model is opened here."""

import os
from pathlib import Path

from realtime.bundle.store import MANIFEST

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
