"""The pattern VAE's two ONNX graphs, built by hand: about forty nodes, no exporter, no tracing.

Shapes: S steps, E embedding, H width, Z latent axes, K symbols. The batch is 1.
"""

from typing import Final

import numpy as np
import onnx
from torch import Tensor, nn

from realtime.bundle.spec import GraphSpec, TensorSpec
from realtime.music.pattern_codec import STEPS, SYMBOLS
from training.export.decoder_graph import GraphBuilder, make_model
from training.networks.pattern_vae import LOG_VARIANCE_RANGE, SLOTS, ConvDecoder, Encoder, PatternNetConfig, TimeConv

ENCODER, DECODER = "encoder", "decoder"
TIME_LAST: Final = [0, 2, 1]


def encoder_spec(config: PatternNetConfig) -> GraphSpec:
    """Symbols in, the latent's mean and log variance out."""
    return GraphSpec(
        name=ENCODER,
        file="encoder.onnx",
        inputs=(TensorSpec(name="symbols", shape=(1, STEPS), dtype="int64"),),
        outputs=(
            TensorSpec(name="mean", shape=(1, config.latent), dtype="float32"),
            TensorSpec(name="log_variance", shape=(1, config.latent), dtype="float32"),
        ),
    )


def decoder_spec(config: PatternNetConfig) -> GraphSpec:
    """A point of the latent space in, logits of all steps out."""
    return GraphSpec(
        name=DECODER,
        file="decoder.onnx",
        inputs=(TensorSpec(name="z", shape=(1, config.latent), dtype="float32"),),
        outputs=(TensorSpec(name="logits", shape=(1, STEPS, SYMBOLS), dtype="float32"),),
    )


def build_encoder(encoder: Encoder, config: PatternNetConfig) -> onnx.ModelProto:
    """Table, two convolutions, a GRU both ways, two heads."""
    g = GraphBuilder()
    x = g.node("Gather", [g.weight(encoder.table.weight, "table"), "symbols"])[0]
    x = g.node("Transpose", [x], perm=TIME_LAST)[0]
    for name, conv in (("near", encoder.near), ("halve", encoder.halve)):
        x = g.node("Relu", [_conv(g, x, conv, name)])[0]
    x = g.node("Transpose", [x], perm=[2, 0, 1])[0]  # GRU takes [S, 1, H]
    last = _gru(g, x, encoder.gru)  # [2, 1, H]
    flat = g.node("Reshape", [last, g.constant(np.array([1, -1]), "flat")])[0]  # the batch is 1
    _linear(g, flat, encoder.mean, "mean_of", "mean")
    wide = _linear(g, flat, encoder.log_variance, "log_variance_of")
    low, high = (g.constant(np.array(v, np.float32), f"limit{v:g}") for v in LOG_VARIANCE_RANGE)
    g.node("Clip", [wide, low, high], ["log_variance"])
    return make_model(g, encoder_spec(config))


def build_decoder(decoder: ConvDecoder, config: PatternNetConfig) -> onnx.ModelProto:
    """The slots, doubled twice, with the latent told again; [1, H, S] between the nodes named so."""
    g, width = GraphBuilder(), config.width
    x = _linear(g, "z", decoder.slots, "slots")
    x = g.node("Reshape", [x, g.constant(np.array([1, SLOTS, width]), "slots_shape")])[0]
    x = g.node("Transpose", [x], perm=TIME_LAST)[0]
    x = _mixed(g, g.gelu(_doubled(g, x, decoder.up1, 2 * SLOTS, width, "up1")), decoder.mix1, "mix1")
    x = _doubled(g, x, decoder.up2, STEPS, width, "up2")
    x = g.node("Add", [x, g.constant(decoder.step_SH.detach().numpy().T[None], "step")])[0]
    again = _linear(g, "z", decoder.again, "again")
    again = g.node("Unsqueeze", [again, g.constant(np.array([2]), "time_axis")])[0]
    x = _mixed(g, g.gelu(g.node("Add", [x, again])[0]), decoder.mix2, "mix2")
    x = g.matmul(g.node("Transpose", [x], perm=TIME_LAST)[0], decoder.out.weight, "out")
    g.node("Add", [x, g.weight(decoder.out.bias, "out_bias")], ["logits"])
    return make_model(g, decoder_spec(config))


def _conv(g: GraphBuilder, x: str, conv: TimeConv, name: str) -> str:
    """[1, in, S] -> [1, out, S / stride]. The matrix's columns go tap by tap, a Conv's weight ends with the taps."""
    weight_OTI = conv.linear.weight.detach().numpy().reshape(conv.linear.out_features, conv.taps, -1)
    weight = g.constant(weight_OTI.transpose(0, 2, 1), f"{name}.weight")
    before = (conv.taps - 1) // 2
    return g.node(
        "Conv",
        [x, weight, g.weight(conv.linear.bias, f"{name}.bias")],
        kernel_shape=[conv.taps],
        strides=[conv.stride],
        pads=[before, conv.taps - 1 - before],
    )[0]


def _doubled(g: GraphBuilder, x: str, conv: TimeConv, steps: int, width: int, name: str) -> str:
    """Each slot's 2 H outputs are two slots."""
    x = g.node("Transpose", [_conv(g, x, conv, name)], perm=TIME_LAST)[0]
    x = g.node("Reshape", [x, g.constant(np.array([1, steps, width]), f"{name}.shape")])[0]
    return g.node("Transpose", [x], perm=TIME_LAST)[0]


def _mixed(g: GraphBuilder, x: str, conv: TimeConv, name: str) -> str:
    return g.node("Add", [x, g.gelu(_conv(g, x, conv, name))])[0]


def _linear(g: GraphBuilder, x: str, layer: nn.Linear, name: str, output: str | int = 1) -> str:
    inputs = [x, g.weight(layer.weight, f"{name}.weight"), g.weight(layer.bias, f"{name}.bias")]
    return g.node("Gemm", inputs, [output] if isinstance(output, str) else output, transB=1)[0]


def _gru(g: GraphBuilder, x: str, gru: nn.GRU) -> str:
    """The last states of both directions. torch orders the gates reset, update, new; ONNX update, reset, new."""

    def both(stem: str) -> list[np.ndarray]:
        return [_gates(getattr(gru, f"{stem}_l0{end}")) for end in ("", "_reverse")]

    weights = (
        g.constant(np.stack(both("weight_ih")), "gru.input"),
        g.constant(np.stack(both("weight_hh")), "gru.state"),
        g.constant(np.concatenate([np.stack(both("bias_ih")), np.stack(both("bias_hh"))], 1), "gru.bias"),
    )
    outputs = g.node(
        "GRU", [x, *weights], 2, hidden_size=gru.hidden_size, direction="bidirectional", linear_before_reset=1
    )
    return outputs[1]


def _gates(tensor: Tensor) -> np.ndarray:
    reset, update, new = np.split(tensor.detach().numpy(), 3)
    return np.concatenate([update, reset, new])
