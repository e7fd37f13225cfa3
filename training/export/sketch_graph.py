"""The sketch model's two ONNX graphs, built by hand: the denoiser, and the one-step way from noise to a latent.

Shapes: N windows, V voices, F things told of a cell, S steps, T beats, Z latent axes a beat, H hidden, K symbols.
"""

import numpy as np
import onnx
from torch import nn

from realtime.bundle.spec import GraphSpec, TensorSpec
from realtime.generators.sketch_cells import TOLD
from realtime.music.chorale import STEPS, SYMBOLS, VOICES
from training.export.decoder_graph import CONTRIB, make_model
from training.export.net_graph import NetBuilder
from training.networks.sketch import BEATS, BeatBlock, CellTable, Denoiser, SketchNetConfig, StepBlock
from training.networks.sketch_flow import LatentFlow

DENOISE, IMAGINE = "denoise", "imagine"


def denoise_spec(config: SketchNetConfig) -> GraphSpec:
    """What is told of each cell in, logits of all cells out."""
    return GraphSpec(
        name=DENOISE,
        file="denoise.onnx",
        inputs=(
            TensorSpec(name="told", shape=("N", VOICES, len(TOLD), STEPS), dtype="int64"),
            TensorSpec(name="frame", shape=("N",), dtype="int64"),
            TensorSpec(name="latent", shape=("N", BEATS, config.latent), dtype="float32"),
            TensorSpec(name="heeded", shape=("N",), dtype="float32"),
        ),
        outputs=(TensorSpec(name="logits", shape=("N", VOICES, STEPS, SYMBOLS), dtype="float32"),),
    )


def imagine_spec(config: SketchNetConfig) -> GraphSpec:
    """Noise and known cells in, a latent out."""
    latent = ("N", BEATS, config.latent)
    return GraphSpec(
        name=IMAGINE,
        file="imagine.onnx",
        inputs=(
            TensorSpec(name="noise", shape=latent, dtype="float32"),
            TensorSpec(name="cells", shape=("N", VOICES, STEPS), dtype="int64"),
            TensorSpec(name="frame", shape=("N",), dtype="int64"),
        ),
        outputs=(TensorSpec(name="drawn", shape=latent, dtype="float32"),),
    )


def build_denoiser(network: Denoiser, config: SketchNetConfig) -> onnx.ModelProto:
    """Cells -> steps -> beats -> steps -> cells."""
    g = NetBuilder(half=False)
    x = _step_blocks(g, g.add(_cells(g, "told", network.cells), g.value(network.place_SH)), network.early)
    beats = _beat_blocks(g, g.add(_beats(g, x, network.gather), _about(g, network)), network.beats)
    spread = g.shaped(g.linear(beats, network.spread), 0, STEPS, config.step_width)
    x = _step_blocks(g, g.add(x, spread), network.late)
    out = g.shaped(g.linear(g.norm(x, network.norm), network.out), 0, STEPS, VOICES, SYMBOLS + 2)
    logits, *gates = g.node("Split", [g.turned(out, 0, 2, 1, 3), g.value(np.array([SYMBOLS, 1, 1]))], 3, axis=3)
    copies = g.constant(network.copies_CK.numpy(), "copies")
    for thing, gate in enumerate(gates, start=1):
        symbol = g.one("Gather", "told", g.value(np.array(thing)), axis=2)
        goes_on = g.one("Mul", gate, g.one("Gather", copies, symbol))
        logits = g.add(logits, goes_on, out="logits" if thing == len(gates) else None)
    return make_model(g, denoise_spec(config))


def build_imagine(flow: LatentFlow, config: SketchNetConfig) -> onnx.ModelProto:
    """The flow's velocity at the noise, gone along all the way."""
    g = NetBuilder(half=False)
    known = _beats(g, _cells(g, g.one("Unsqueeze", "cells", g.value(np.array([2]))), flow.cells), flow.gather)
    start = flow.time.bias + flow.time.weight[:, flow.time.in_features // 2 :].sum(1)  # time 0: all sines 0, cosines 1
    when = g.add(_frame(g, flow.frame), g.value(start))
    x = _beat_blocks(g, g.add(g.linear("noise", flow.inlet), known, g.value(flow.place_TH), when), flow.beats)
    g.add("noise", g.linear(g.norm(x, flow.norm), flow.out), out="drawn")
    return make_model(g, imagine_spec(config))


def _cells(g: NetBuilder, told: str, table: CellTable) -> str:
    """[N, V, F, S] -> [N, S, H]."""
    rows = g.shaped(g.add(told, g.constant(table.offset_VF1.numpy(), "offset")), 0, -1, STEPS)
    return g.summed(g.one("Gather", g.value(table.table.weight), rows), 1)


def _about(g: NetBuilder, network: Denoiser) -> str:
    """What the beats are told besides cells: the latent or that there is none, and the frame."""
    heeded = g.one("Unsqueeze", "heeded", g.value(np.array([1, 2])))
    untold = g.value(network.untold_H)
    other = g.one("Sub", g.linear("latent", network.latent), untold)
    return g.add(g.one("Mul", heeded, other), untold, _frame(g, network.frame))


def _frame(g: NetBuilder, table: nn.Embedding) -> str:
    """[N, 1, H]."""
    return g.one("Unsqueeze", g.one("Gather", g.value(table.weight), "frame"), g.value(np.array([1])))


def _beats(g: NetBuilder, x: str, gather: nn.Linear) -> str:
    """[N, S, H] -> [N, T, H]."""
    return g.linear(g.shaped(x, 0, BEATS, gather.in_features), gather)


def _step_blocks(g: NetBuilder, x: str, blocks: nn.Sequential) -> str:
    for block in blocks:
        assert isinstance(block, StepBlock)
        x = g.add(x, g.linear(g.gelu(g.conv(g.norm(x, block.norm), block.near, STEPS)), block.back))
    return x


def _beat_blocks(g: NetBuilder, x: str, blocks: nn.Sequential) -> str:
    for block in blocks:
        assert isinstance(block, BeatBlock)
        ask = [g.norm(x, block.norm1), g.value(block.ask.weight.T), g.value(block.ask.bias)]
        heard = g.one("Attention", *ask, domain=CONTRIB, num_heads=block.heads)
        x = g.add(x, g.linear(heard, block.tell))
        x = g.add(x, g.linear(g.gelu(g.linear(g.norm(x, block.norm2), block.wide)), block.back))
    return x
