"""The model format: what a bundle folder holds, and the one strict loader and writer.

`store` comes in when one of its names is asked for: it brings numpy and all codecs along, and a window, or an engine
that has a player to start, wants the manifest's types at once.
"""

from typing import TYPE_CHECKING, Any

from realtime.bundle.spec import BundleSpec, ControlSpec, GraphSpec, TensorSpec, TrainedBy

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from realtime.bundle import store

    return getattr(store, name)
