"""Layers as ONNX nodes, for networks whose x is [N, S, H]: a builder that knows linear layers, norms and convolutions.

Large weights may be stored in half precision (`half`): the runtime widens them once, when it loads the graph.
"""

from typing import Final

import numpy as np
import onnx
from onnx import TensorProto
from torch import Tensor, nn

from training.export.decoder_graph import GraphBuilder
from training.networks.pattern_vae import TimeConv

SMALL: Final = 4096  # numbers; fewer are stored as they are
END: Final = np.iinfo(np.int64).max


class NetBuilder(GraphBuilder):
    """Adds layers; each takes and returns names."""

    def __init__(self, *, half: bool = True) -> None:
        super().__init__()
        self._half = half
        self._names = 0

    def value(self, array: np.ndarray | Tensor | list[int] | float) -> str:
        """A constant, named by itself."""
        if isinstance(array, Tensor):
            array = array.detach().float().cpu().numpy()
        array = np.array(array)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        self._names += 1
        name = f"w{self._names}"
        if not (self._half and array.dtype == np.float32 and array.size > SMALL):
            return self.constant(array, name)
        return self.one("Cast", self.constant(array.astype(np.float16), name), to=TensorProto.FLOAT)

    def one(self, kind: str, *inputs: str, out: str | None = None, **options: object) -> str:
        """A node with one output."""
        return self.node(kind, list(inputs), 1 if out is None else [out], **options)[0]

    def add(self, *inputs: str, out: str | None = None) -> str:
        """The sum of all."""
        first, *rest = inputs
        for i, other in enumerate(rest):
            first = self.one("Add", first, other, out=out if i == len(rest) - 1 else None)
        return first

    def linear(self, x: str, layer: nn.Linear, out: str | None = None) -> str:
        """x W + b."""
        y = self.one("MatMul", x, self.value(layer.weight.T))
        return self.one("Add", y, self.value(layer.bias), out=out)

    def norm(self, x: str, layer: nn.Module) -> str:
        """A LayerNorm over the last axis."""
        assert isinstance(layer, nn.LayerNorm)
        inputs = (x, self.value(layer.weight), self.value(layer.bias))
        return self.one("LayerNormalization", *inputs, axis=-1, epsilon=layer.eps)

    def conv(self, x: str, layer: TimeConv, steps: int) -> str:
        """A convolution over `steps` steps: [N, steps / stride, outputs]."""
        before = (layer.taps - 1) // 2
        pads = self.value(np.array([0, before, 0, 0, layer.taps - 1 - before, 0]))
        padded = self.one("Pad", x, pads)
        parts = [self.cut(padded, 1, k, k + steps, layer.stride) for k in range(layer.taps)]
        return self.linear(self.one("Concat", *parts, axis=-1), layer.linear)

    def cut(self, x: str, axis: int, start: int, end: int = END, step: int = 1) -> str:
        """x[start:end:step] along an axis."""
        return self.one("Slice", x, *(self.value(np.array([n])) for n in (start, end, axis, step)))

    def shaped(self, x: str, *shape: int) -> str:
        """Another shape; 0 keeps a size, -1 takes what is left."""
        return self.one("Reshape", x, self.value(np.array(shape)))

    def turned(self, x: str, *order: int) -> str:
        """Axes in another order."""
        return self.one("Transpose", x, perm=list(order))

    def summed(self, x: str, axis: int, *, keep: bool = False) -> str:
        """The sum over an axis."""
        return self.one("ReduceSum", x, self.value(np.array([axis])), keepdims=int(keep))

    def rows_like(self, x: str, constant: np.ndarray) -> str:
        """A constant for every row of x: x's last axis cut to one, times 0, plus the constant."""
        return self.add(
            self.one("Mul", self.cut(x, -1, 0, 1), self.value(0.0)), self.value(constant.astype(np.float32))
        )


def halved(network: nn.Module) -> None:
    """Round all weights to half precision, so that the network is exactly what its graphs store."""
    for parameter in (*network.parameters(), *network.buffers()):
        if parameter.is_floating_point():
            parameter.data.copy_(parameter.data.half().float())


def parsed(data: bytes) -> onnx.ModelProto:
    """A graph from its file."""
    return onnx.load_model_from_string(data)
