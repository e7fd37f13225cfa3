"""Where patterns are in the latent space: what a seed's own place is drawn from.

Shapes: Z latent axes.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.bundle import Bundle
from realtime.errors import BundleError

FloatArray = npt.NDArray[np.float32]
PRIOR_FILE: Final = "prior.npz"


class Prior:
    """A normal distribution fitted to where the encoder puts the training patterns."""

    def __init__(self, bundle: Bundle) -> None:
        path, latent = bundle.folder / PRIOR_FILE, int(bundle.spec.config["latent"])
        prior = bundle.arrays(PRIOR_FILE)
        try:
            self._mean_Z, self._root_ZZ = prior["mean"], prior["root"]
        except KeyError as error:
            raise BundleError(f"{path}: no places to start from ({error}); export the bundle again") from None
        if self._root_ZZ.shape != (latent, latent) or self._mean_Z.shape != (latent,):
            raise BundleError(f"{path}: places of {self._root_ZZ.shape[0]} axes, expected {latent}; export again")

    def draw(self, seed: int) -> FloatArray:
        """A point, the same for the same seed."""
        drawn_Z = np.random.default_rng(seed).standard_normal(len(self._mean_Z))
        point_Z: FloatArray = (self._mean_Z + self._root_ZZ @ drawn_Z).astype(np.float32)
        return point_Z
