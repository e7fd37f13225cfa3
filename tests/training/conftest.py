"""Networks of these tests are tiny: one thread is faster than two."""

import numpy as np
import pytest
import torch

from training.data.augment import TuneArrays, to_arrays
from training.data.chorales import windows
from training.data.generated import generated_chorales, generated_tunes


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def tunes() -> list[TuneArrays]:
    return [to_arrays(tune) for tune in generated_tunes(8, seed=1, events=40)]


@pytest.fixture(scope="session")
def chorales() -> np.ndarray:
    """Windows of chorales, (N, voices, steps). Not to be changed."""
    made = windows(generated_chorales(6), 4)
    made.flags.writeable = False
    return made
