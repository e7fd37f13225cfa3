"""The sketch bundle's graphs.

Shapes: B windows, V voices, S steps, T beats, Z latent axes a beat, K symbols.
"""

import numpy as np

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.generators.articulation import Articulation
from realtime.generators.graph import open_session
from realtime.generators.sketch_cells import BoolArray, IntArray, told_of
from realtime.generators.sketch_frame import SHIFTS
from realtime.generators.sketch_sampler import FloatArray
from realtime.music.chorale import STEPS, SYMBOLS, VOICES

BEATS = 8


class SketchNetwork:
    """Belongs to one thread. `runs`: of the denoiser so far."""

    def __init__(self, bundle: Bundle) -> None:
        self._articulation = Articulation(bundle)
        self.runs = 0
        try:
            self.latent_shape = (BEATS, int(bundle.spec.config["latent"]))
            self.frames = tuple(float(share) for share in str(bundle.spec.config["frames"]).split(","))
        except (KeyError, ValueError) as error:
            raise BundleError(f"{bundle.folder}: config lacks {error}; export the bundle again") from error
        if len(self.frames) != SHIFTS or not sum(self.frames) > 0:
            raise BundleError(f"{bundle.folder}: config has {len(self.frames)} frames, not {SHIFTS}; export it again")
        self._denoise = open_session(bundle, "denoise", logits=("N", VOICES, STEPS, SYMBOLS))
        self._imagine = open_session(bundle, "imagine", drawn=("N", *self.latent_shape))

    def denoise(self, cell_BVS: IntArray, frame_B: IntArray, latent_BTZ: FloatArray | None) -> FloatArray:
        """logits_BVSK of every cell; with or without a latent."""
        self.runs += 1
        size, heeded = len(cell_BVS), latent_BTZ is not None
        feed = {
            "told": told_of(cell_BVS),
            "frame": frame_B,
            "latent": np.zeros((size, *self.latent_shape), np.float32) if latent_BTZ is None else latent_BTZ,
            "heeded": np.full(size, heeded, np.float32),
        }
        logits: FloatArray = self._denoise.run(["logits"], feed)[0]
        return logits

    def imagine(self, noise_BTZ: FloatArray, cell_BVS: IntArray, frame_B: IntArray) -> FloatArray:
        """A latent for each window from noise, given what is known."""
        feed = {"noise": noise_BTZ, "cells": cell_BVS, "frame": frame_B}
        latent: FloatArray = self._imagine.run(["drawn"], feed)[0]
        return latent

    def strikes(self, symbol_VS: IntArray) -> BoolArray:
        """Where notes are likely to be struck."""
        return self._articulation.grid(symbol_VS).strike_VS
