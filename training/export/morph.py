"""From a trained pattern VAE to a bundle: axes put in order, two graphs, parity with torch, golden patterns."""

import io
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import torch

from realtime.bundle.spec import FORMAT_VERSION, BundleSpec
from realtime.bundle.store import GOLDEN, Bundle, load_bundle, save_bundle
from realtime.errors import BundleError
from realtime.generators.latent import PatternNetwork
from realtime.generators.prior import PRIOR_FILE
from realtime.generators.steering import SCALES_FILE
from realtime.model_check import verify_golden
from realtime.music.attributes import ATTRIBUTES
from realtime.music.pattern_codec import IntArray, PatternCodec
from training.export.controls import morph_controls
from training.export.exporter import ExportAbout
from training.export.pattern_graph import build_decoder, build_encoder, decoder_spec, encoder_spec
from training.networks.pattern_vae import SLIDERS, ConvDecoder, PatternVae

log = logging.getLogger(__name__)
RAW_AXES: Final = 8
GOLDEN_PATTERNS: Final = 8
PARITY_PATTERNS: Final = 64
PARITY_TOLERANCE: Final = 1e-4
ORDER_PATTERNS: Final = 1000
PRIOR_PATTERNS: Final = 20_000
PRIOR_BATCH: Final = 1000
LEAST_SPREAD: Final = 1e-4  # variance of an axis at least, so that few patterns will do


def export_morph(network: PatternVae, about: ExportAbout, train_NS: IntArray, valid_NS: IntArray, out: Path) -> Bundle:
    """Write the bundle `out`. Seeds' places are fitted to `train_NS`; order of axes and parity are of `valid_NS`."""
    network.eval()
    if not isinstance(network.decoder, ConvDecoder):
        raise BundleError(f"decoder {network.config.decoder!r}: only conv-softmax is exported")
    share_Z = order_axes(network, valid_NS[:ORDER_PATTERNS])
    files = {
        "encoder.onnx": build_encoder(network.encoder, network.config).SerializeToString(),
        "decoder.onnx": build_decoder(network.decoder, network.config).SerializeToString(),
        SCALES_FILE: scales(network),
        PRIOR_FILE: prior(network, train_NS[:: max(1, len(train_NS) // PRIOR_PATTERNS)]),
        GOLDEN: golden(network, valid_NS[:GOLDEN_PATTERNS]),
    }
    raw = share_Z[SLIDERS : SLIDERS + RAW_AXES]
    shares = {f"axis_{i + 1}.steps_explained": round(float(x), 4) for i, x in enumerate(raw)}
    save_bundle(out, make_spec(network, about, {**about.scores, **shares}), files)
    bundle = load_bundle(out)
    error = parity_error(network, PatternNetwork(bundle), valid_NS[:PARITY_PATTERNS])
    if not error <= PARITY_TOLERANCE:
        raise BundleError(f"{out}: the graphs differ from the network by {error:.2g}, at most {PARITY_TOLERANCE:g}")
    verify_golden(bundle)
    log.info("graphs = network within %.2g on %d patterns", error, min(len(valid_NS), PARITY_PATTERNS))
    return bundle


def make_spec(network: PatternVae, about: ExportAbout, scores: Mapping[str, float]) -> BundleSpec:
    """The manifest; `save_bundle` fills in the files' hashes."""
    codec, config = PatternCodec(), network.config
    raw = min(RAW_AXES, config.latent - SLIDERS)
    controls = morph_controls(raw)
    return BundleSpec(
        format_version=FORMAT_VERSION,
        kind="morph",
        name=about.name,
        title=about.title,
        codec=codec.name,
        codec_hash=codec.table_hash(),
        graphs=(encoder_spec(config), decoder_spec(config)),
        controls=controls,
        config={
            "latent": config.latent,
            "sliders": len(ATTRIBUTES),
            "axes": ",".join(control.name for control in controls[: SLIDERS + raw]),
            "precision": "fp32",
        },
        files={},
        trained_by=about.trained_by,
        scores=dict(scores),
        params=sum(parameter.numel() for parameter in network.parameters()),
    )


@torch.no_grad()
def order_axes(network: PatternVae, patterns_NS: IntArray) -> np.ndarray:
    """Put the raw axes in order of what they explain; returns that share of each axis.

    What an axis explains: the share of the steps' probability that changes when it is set to its mean.
    """
    mean_BZ, _ = network.encoder(torch.from_numpy(patterns_NS))
    full_BSK = network.decoder(mean_BZ).softmax(-1)
    shares = []
    for i in range(network.config.latent):
        without_BZ = mean_BZ.clone()
        without_BZ[:, i] = mean_BZ[:, i].mean()
        change = (network.decoder(without_BZ).softmax(-1) - full_BSK).abs().sum(-1).mean() / 2
        shares.append(float(change))
    raw = sorted(range(SLIDERS, len(shares)), key=lambda i: -shares[i])
    order = torch.tensor([*range(SLIDERS), *raw])
    decoder = network.decoder
    assert isinstance(decoder, ConvDecoder)
    for head in (network.encoder.mean, network.encoder.log_variance):
        head.weight.copy_(head.weight[order].clone())
        head.bias.copy_(head.bias[order].clone())
    for layer in (decoder.slots, decoder.again):
        layer.weight.copy_(layer.weight[:, order].clone())
    return np.array(shares)[order.numpy()]


def scales(network: PatternVae) -> bytes:
    """`scales.npz`: each attribute's knots [A, Q] and their normal scores [A, Q]."""
    file = io.BytesIO()
    np.savez_compressed(file, knots=network.knots_AQ.numpy(), scores=network.scores_AQ.numpy())
    return file.getvalue()


@torch.no_grad()
def prior(network: PatternVae, patterns_NS: IntArray) -> bytes:
    """`prior.npz`: the mean [Z] of where the encoder puts the patterns, and a root [Z, Z] of their covariance."""
    parts = np.array_split(patterns_NS, max(1, len(patterns_NS) // PRIOR_BATCH))
    mean_NZ = np.concatenate([network.encoder(torch.from_numpy(part))[0].numpy() for part in parts]).astype(np.float64)
    spread_ZZ = np.cov(mean_NZ.T) + LEAST_SPREAD * np.eye(mean_NZ.shape[1])
    file = io.BytesIO()
    np.savez_compressed(
        file, mean=mean_NZ.mean(0).astype(np.float32), root=np.linalg.cholesky(spread_ZZ).astype(np.float32)
    )
    return file.getvalue()


@torch.no_grad()
def golden(network: PatternVae, patterns_NS: IntArray) -> bytes:
    """`golden.npz`: symbols [N, S], mean [N, Z], log_variance [N, Z], and logits [N, S, K] at the mean."""
    mean_NZ, log_variance_NZ = network.encoder(torch.from_numpy(patterns_NS))
    logits_NSK = network.decoder(mean_NZ)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        symbols=patterns_NS,
        mean=mean_NZ.numpy(),
        log_variance=log_variance_NZ.numpy(),
        logits=logits_NSK.numpy(),
    )
    return file.getvalue()


@torch.no_grad()
def parity_error(network: PatternVae, graphs: PatternNetwork, patterns_NS: IntArray) -> float:
    """Largest difference between torch and onnxruntime: of means, log variances and logits."""
    mean_NZ, log_variance_NZ = network.encoder(torch.from_numpy(patterns_NS))
    logits_NSK = network.decoder(mean_NZ)
    worst = 0.0
    for i, symbols_S in enumerate(patterns_NS):
        mean_Z, log_variance_Z = graphs.encode(symbols_S)
        logits_SK = graphs.decode(mean_NZ[i].numpy())
        pairs = ((mean_Z, mean_NZ[i]), (log_variance_Z, log_variance_NZ[i]), (logits_SK, logits_NSK[i]))
        worst = max(worst, *(float(np.abs(ours - theirs.numpy()).max()) for ours, theirs in pairs))
    return worst
