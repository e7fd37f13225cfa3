"""The quartet's four ONNX graphs, built by hand.

Shapes: N pieces, V voices, S steps, K symbols, Z axes of a code, C condition, H width.
"""

from typing import Final

import numpy as np
import onnx
from torch import nn

from realtime.bundle.spec import GraphSpec, TensorSpec
from realtime.generators.quartet_code import CONDITION
from realtime.music.chorale import REST, STEPS, SYMBOLS, VOICES
from training.export.decoder_graph import make_model
from training.export.net_graph import NetBuilder
from training.networks.pattern_vae import LOG_VARIANCE_RANGE
from training.networks.quartet import GrooveDecoder, PitchDecoder, QuartetNet, QuartetNetConfig
from training.networks.quartet_critic import PAIRS, SLOPE, Critic
from training.networks.quartet_encoder import CLASSES, Reader, pitch_classes
from training.networks.quartet_mapping import TIME_AXES, Mapping, Moving

MAP, DECODE, ENCODE, JUDGE = "map", "decode", "encode", "judge"
FLOAT: Final = 1  # onnx's number of float32


def graph_specs(config: QuartetNetConfig) -> dict[str, GraphSpec]:
    """Names, shapes and types."""
    code, condition = floats("code", config.latent), floats("condition", CONDITION)
    symbols = TensorSpec(name="symbols", shape=("N", VOICES, STEPS), dtype="int64")
    mapped = (floats("noise", config.latent), condition, floats("shared", config.common), floats("given", 1))
    decoded = (floats("change_logits", VOICES, STEPS), floats("pitch_logits", VOICES, STEPS, SYMBOLS))
    encoded = (floats("mean", config.latent), floats("log_variance", config.latent))
    score = TensorSpec(name="score", shape=("N",), dtype="float32")
    tensors = {
        MAP: (mapped, (code,)),
        DECODE: ((code, condition), decoded),
        ENCODE: ((symbols, floats("seen", VOICES)), encoded),
        JUDGE: ((symbols, condition), (score,)),
    }
    return {
        name: GraphSpec(name=name, file=f"{name}.onnx", inputs=inputs, outputs=outputs)
        for name, (inputs, outputs) in tensors.items()
    }


def floats(name: str, *shape: int) -> TensorSpec:
    """A float tensor with a row for each piece."""
    return TensorSpec(name=name, shape=("N", *shape), dtype="float32")


def build_graphs(network: QuartetNet, mapping: Mapping, critic: Critic) -> dict[str, onnx.ModelProto]:
    """All four by name."""
    specs = graph_specs(network.config)
    builders = {name: NetBuilder() for name in specs}
    _map(builders[MAP], mapping)
    _decode(builders[DECODE], network)
    _encode(builders[ENCODE], network)
    _judge(builders[JUDGE], critic)
    return {name: make_model(builders[name], spec) for name, spec in specs.items()}


def _map(g: NetBuilder, mapping: Mapping) -> None:
    split = mapping.config.common
    mean, spread = mapping.mean_Z, mapping.spread_Z
    shared = g.one("Sub", "shared", g.value(mean[:split]))
    shared = g.one("Div", shared, g.value(spread[:split]))
    noise = g.cut("noise", 1, 0, split)
    drawn = g.add(noise, _moving(g, mapping.common, g.one("Concat", noise, "condition", axis=-1)))
    is_given = g.one("Greater", "given", g.value(0.5))
    common = g.one("Where", is_given, shared, drawn)
    own = g.cut("noise", 1, split)
    own = g.add(own, _moving(g, mapping.own, g.one("Concat", own, common, "condition", axis=-1)))
    code = g.one("Mul", g.one("Concat", common, own, axis=-1), g.value(spread))
    g.add(code, g.value(mean), out="code")


def _moving(g: NetBuilder, moving: Moving, x: str) -> str:
    """At time 0, where all sines are 0 and all cosines 1."""
    weight, known = moving.enter.weight, moving.enter.in_features - 2 * TIME_AXES
    bias = moving.enter.bias + weight[:, known + TIME_AXES :].sum(1)
    h = g.add(g.one("MatMul", x, g.value(weight[:, :known].T)), g.value(bias))
    for norm, layer in zip(moving.norms, moving.layers, strict=True):
        assert isinstance(layer, nn.Linear)
        h = g.add(h, g.linear(g.gelu(g.norm(h, norm)), layer))
    return g.linear(h, moving.out)


def _decode(g: NetBuilder, network: QuartetNet) -> None:
    config = network.config
    chords, style = g.cut("code", 1, 0, config.chords), g.cut("code", 1, config.chords, config.common)
    split = config.common + VOICES * config.melody
    melody = g.shaped(g.cut("code", 1, config.common, split), -1, VOICES, config.melody)
    groove = g.shaped(g.cut("code", 1, split), -1, VOICES, config.groove)
    same = g.one("Concat", style, "condition", axis=-1)
    change = _grooves(g, network.grooves, groove, same)
    hard = g.one("Cast", g.one("Greater", g.cut(change, 2, 1), g.value(0.0)), to=FLOAT)
    first = g.add(g.one("Mul", g.cut(change, 2, 0, 1), g.value(0.0)), g.value(1.0))
    _pitches(g, network.pitches, (chords, same, melody), g.one("Concat", first, hard, axis=2))


def _grooves(g: NetBuilder, net: GrooveDecoder, groove: str, same: str) -> str:
    width = net.out.in_features
    x = g.shaped(g.linear(groove, net.steps), 0, VOICES, STEPS, width)
    x = g.add(x, g.shaped(g.linear(same, net.same), -1, VOICES, 1, width), g.value(net.voice_VSH))
    x = g.shaped(x, -1, STEPS, width)
    mixed = g.conv(g.gelu(g.conv(g.gelu(x), net.mix1, STEPS)), net.mix2, STEPS)
    logits = g.linear(g.add(x, g.gelu(mixed)), net.out)
    return g.add(g.shaped(logits, -1, VOICES, STEPS), g.value(net.eager_V[:, None]), out="change_logits")


def _pitches(g: NetBuilder, net: PitchDecoder, inputs: tuple[str, str, str], change: str) -> None:
    chords, same, melody = inputs
    width = net.melody.out_features // STEPS
    x = g.conv(g.shaped(g.linear(chords, net.chords), -1, STEPS, width), net.harmony, STEPS)
    own = g.turned(g.shaped(g.linear(melody, net.melody), 0, VOICES, STEPS, width), 0, 2, 1, 3)
    same = g.shaped(g.linear(same, net.same), -1, 1, VOICES * width)
    x = g.add(x, g.shaped(own, 0, 0, VOICES * width), same, g.value(net.step_SH))
    x = g.add(x, g.conv(g.turned(change, 0, 2, 1), net.rhythm, STEPS))
    for block in net.blocks:
        x = g.add(x, g.linear(g.gelu(g.conv(g.norm(x, block.norm), block.conv, STEPS)), block.out))
    logits = g.shaped(g.linear(g.norm(x, net.norm), net.out), 0, 0, VOICES, SYMBOLS)
    g.one("Transpose", logits, perm=[0, 2, 1, 3], out="pitch_logits")


def _encode(g: NetBuilder, network: QuartetNet) -> None:
    net, config = network.encoder, network.config
    table = g.one("Gather", g.value(net.table.weight), "symbols")
    table = g.add(table, g.value(net.voice_VH[:, None]))
    rest = g.one("Cast", g.one("Equal", "symbols", g.value(np.array(REST))), to=FLOAT)
    one = np.array([3])
    change, rest = (g.one("Unsqueeze", x, g.value(one)) for x in (_changes(g), rest))
    seen = g.shaped("seen", 0, VOICES, 1, 1)
    whole = g.one("Mul", g.one("Concat", table, change, rest, axis=-1), seen)
    whole = g.shaped(g.turned(whole, 0, 2, 1, 3), 0, 0, -1)
    names = g.rows_like(change, np.eye(VOICES)[:, None].repeat(STEPS, 1))
    own = g.shaped(g.one("Concat", change, rest, names, axis=-1), -1, STEPS, 2 + VOICES)
    each = g.shaped(table, -1, STEPS, net.table.embedding_dim)
    parts = [
        g.shaped(_read(g, net.chords, _harmony(g, seen)), 0, 2, config.chords),
        g.shaped(_read(g, net.style, whole), 0, 2, config.style),
    ]
    for reader, x, size in ((net.melody, each, config.melody), (net.groove, own, config.groove)):
        both = g.turned(g.shaped(_read(g, reader, x), -1, VOICES, 2, size), 0, 2, 1, 3)
        parts.append(g.shaped(both, 0, 0, VOICES * size))
    both = g.one("Concat", *parts, axis=-1)
    g.one("Gather", both, g.value(np.array(0)), out="mean", axis=1)
    wide = g.one("Gather", both, g.value(np.array(1)), axis=1)
    g.one("Clip", wide, *(g.value(limit) for limit in LOG_VARIANCE_RANGE), out="log_variance")


def _changes(g: NetBuilder) -> str:
    """Where a symbol differs from the step before; 1 at the first step."""
    same = g.one("Equal", g.cut("symbols", 2, 1), g.cut("symbols", 2, 0, STEPS - 1))
    moved = g.one("Sub", g.value(1.0), g.one("Cast", same, to=FLOAT))
    first = g.add(g.one("Mul", g.cut(moved, 2, 0, 1), g.value(0.0)), g.value(1.0))
    return g.one("Concat", first, moved, axis=2)


def _harmony(g: NetBuilder, seen: str) -> str:
    chroma = g.one("Mul", g.one("Gather", g.value(pitch_classes()), "symbols"), seen)
    rank = g.one("Mul", seen, g.value(np.arange(1.0, VOICES + 1).reshape(VOICES, 1, 1)))
    top = g.one("ReduceMax", rank, g.value(np.array([1])), keepdims=1)
    lowest = g.one("Cast", g.one("Equal", rank, top), to=FLOAT)
    bass = g.summed(g.one("Mul", chroma, lowest), 1)
    total = g.summed(chroma, 1)
    mean = g.one("ReduceMean", g.shaped(seen, 0, VOICES, 1), g.value(np.array([1])), keepdims=1)
    count = g.add(g.one("Mul", g.cut(total, 2, 0, 1), g.value(0.0)), mean)
    return g.one("Concat", total, bass, count, axis=-1)


def _read(g: NetBuilder, reader: Reader, x: str) -> str:
    y = g.gelu(g.conv(x, reader.near, STEPS))
    y = g.gelu(g.conv(y, reader.far, STEPS // 2))
    return g.linear(g.shaped(y, 0, -1), reader.out)


def _judge(g: NetBuilder, critic: Critic) -> None:
    """Without the part that compares a batch with itself: the same for all candidates."""
    roll = g.one("Gather", g.value(np.eye(SYMBOLS, dtype=np.float32)), "symbols")
    x = g.linear(g.shaped(g.turned(roll, 0, 2, 1, 3), 0, 0, -1), critic.voices)
    if critic.extra is not None:
        x = g.add(x, g.linear(_heard(g, critic), critic.extra))
    for layer, steps in ((critic.near, STEPS), (critic.shorter, STEPS), (critic.shortest, STEPS // 2)):
        x = g.conv(g.one("LeakyRelu", x, alpha=SLOPE), layer, steps)
    flat = g.shaped(g.one("LeakyRelu", x, alpha=SLOPE), 0, -1)
    whole = g.linear(g.one("Concat", flat, "condition", axis=-1), critic.whole)
    whole = g.one("LeakyRelu", whole, alpha=SLOPE)
    weight = critic.out.weight[0, :-1, None]
    score = g.add(g.one("MatMul", whole, g.value(weight)), g.value(critic.out.bias))
    g.one("Reshape", score, g.value(np.array([-1])), out="score")


def _heard(g: NetBuilder, critic: Critic) -> str:
    change = g.one("Concat", g.one("Mul", g.cut(_changes(g), 2, 0, 1), g.value(0.0)), g.cut(_changes(g), 2, 1), axis=2)
    chroma = g.one("Gather", g.value(pitch_classes()), "symbols")
    upper, lower = (g.one("Gather", chroma, g.value(np.array([pair[i] for pair in PAIRS])), axis=1) for i in range(2))
    size = len(PAIRS)
    both = g.one("Mul", g.shaped(upper, -1, size, STEPS, CLASSES, 1), g.shaped(lower, -1, size, STEPS, 1, CLASSES))
    intervals = g.one("MatMul", g.shaped(both, -1, size, STEPS, CLASSES**2), g.value(critic.interval_QQQ))
    intervals = g.shaped(g.turned(intervals, 0, 2, 1, 3), -1, STEPS, size * CLASSES)
    bass = g.one("Gather", chroma, g.value(np.array(VOICES - 1)), axis=1)
    parts = (g.turned(change, 0, 2, 1), g.summed(chroma, 1), bass, intervals)
    return g.one("Concat", *parts, axis=-1)
