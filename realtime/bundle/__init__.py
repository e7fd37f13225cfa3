"""The model format: what a bundle folder holds, and the one strict loader and writer."""

from realtime.bundle.spec import BundleSpec, ControlSpec, GraphSpec, TensorSpec, TrainedBy
from realtime.bundle.store import Bundle, load_bundle, save_bundle

__all__ = [
    "Bundle",
    "BundleSpec",
    "ControlSpec",
    "GraphSpec",
    "TensorSpec",
    "TrainedBy",
    "load_bundle",
    "save_bundle",
]
