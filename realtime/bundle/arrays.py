"""Tables of a bundle: `.npz` files, unpacked within limits, numbers only."""

import io
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from realtime.errors import BundleError

Arrays = dict[str, npt.NDArray[Any]]
MAX_ARRAYS: Final = 64
MAX_UNPACKED_BYTES: Final = 64 << 20
NUMBERS: Final = "biuf"  # numpy's kinds: never objects, which are pickles


def unpack_arrays(path: Path, data: bytes) -> Arrays:
    """All arrays by name. Raises `BundleError` for what is no `.npz` of finite numbers, or a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            sizes = [entry.file_size for entry in packed.infolist()]
        if len(sizes) > MAX_ARRAYS or sum(sizes) > MAX_UNPACKED_BYTES:
            raise ValueError(f"{len(sizes)} arrays of {sum(sizes) >> 20} MiB, at most {MAX_UNPACKED_BYTES >> 20}")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        for name, array in arrays.items():
            if not isinstance(array, np.ndarray) or array.dtype.kind not in NUMBERS or not np.isfinite(array).all():
                raise ValueError(f"{name[:40]} is not an array of finite numbers")
    except Exception as error:  # zipfile, zlib and numpy raise a dozen types for broken files
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise BundleError(f"{path}: no tables ({reason}); export the bundle again") from None
    return arrays
