"""Does the exported graph compute what the network computes, and can any runtime check that later?"""

import io

import numpy as np
import numpy.typing as npt
import torch

from realtime.errors import BundleError
from training.data.augment import IntArray
from training.export.stepper import Stepper
from training.networks.transformer import MelodyTransformer

PARITY_STEPS = 64
PARITY_TOLERANCE = 1e-3  # on logits of size 1..20
GOLDEN_STEPS = 48


def parity_error(network: MelodyTransformer, stepper: Stepper, rows_SF: IntArray) -> float:
    """Largest difference of logits between torch, all rows at once, and the graph stepped row by row."""
    rows_SF = rows_SF[:PARITY_STEPS]
    network.eval()
    with torch.no_grad():
        pitch_BSP, duration_BSPL = network.tables(torch.from_numpy(rows_SF[None]))
    stepper.reset()
    worst = 0.0
    for row, pitch_P, duration_PL in zip(rows_SF, pitch_BSP[0].numpy(), duration_BSPL[0].numpy(), strict=True):
        stepper.feed(row[None])
        for ours, theirs in ((stepper.pitch_logits[0], pitch_P), (stepper.duration_logits[0], duration_PL)):
            worst = max(worst, float(np.abs(ours - theirs).max()))
    return worst


def check_parity(network: MelodyTransformer, stepper: Stepper, rows_SF: IntArray) -> float:
    """`parity_error`, refused if it is over the tolerance."""
    error = parity_error(network, stepper, rows_SF)
    if not error <= PARITY_TOLERANCE:
        raise BundleError(
            f"the graph's logits differ from the network's by {error:.2g}, at most {PARITY_TOLERANCE:g} is rounding; "
            "the graph builder and the network have come apart"
        )
    return error


def golden(stepper: Stepper, rows_SF: IntArray, pitch_S: IntArray) -> bytes:
    """`golden.npz`: input_ids [N, F], pitch_logits [N, P] and duration_logits at the true pitch [N, L], row by row."""
    rows_SF, pitch_S = rows_SF[:GOLDEN_STEPS], pitch_S[:GOLDEN_STEPS]
    pitch_NP, duration_NL = step_logits(stepper, rows_SF, pitch_S)
    file = io.BytesIO()
    np.savez_compressed(file, input_ids=rows_SF, pitch=pitch_S, pitch_logits=pitch_NP, duration_logits=duration_NL)
    return file.getvalue()


def step_logits(
    stepper: Stepper, rows_SF: IntArray, pitch_S: IntArray
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Logits after each row, fed one at a time: of the pitch, and of the duration given the true pitch."""
    stepper.reset()
    pitches, durations = [], []
    for row, pitch in zip(rows_SF, pitch_S, strict=True):
        stepper.feed(row[None])
        pitches.append(stepper.pitch_logits[0].copy())
        durations.append(stepper.duration_logits[0, pitch].copy())
    return np.stack(pitches), np.stack(durations)
