"""What `bundle.json` says. Unknown fields are refused; field docs are the format's documentation."""

import msgspec

FORMAT_VERSION = 1
KINDS = ("continue", "morph", "quartet", "sketch")


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base: frozen, by keyword, nothing unknown."""


class TensorSpec(Strict, frozen=True, kw_only=True):
    """One input or output of a graph. A dimension is a size, or a name where it may vary."""

    name: str
    shape: tuple[int | str, ...]
    dtype: str  # numpy's name: "float32", "int64", "int32"


class GraphSpec(Strict, frozen=True, kw_only=True):
    """One `.onnx` file of the bundle."""

    name: str  # what the generator asks for, e.g. "step"
    file: str  # a plain file name inside the bundle
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


class ControlSpec(Strict, frozen=True, kw_only=True):
    """A knob of the model. The window builds its slider, the command line its `--control`, from this."""

    name: str
    low: float
    high: float
    default: float
    unit: str = ""
    help: str = ""
    integer: bool = False
    labels: tuple[str, ...] = ()  # names of the values low, low + 1, ...: a choice instead of a slider

    def check(self, value: float) -> float:
        """Return `value` as this control takes it; raise `ValueError` outside its range."""
        if not self.low <= value <= self.high:
            raise ValueError(f"{self.name} must be {self.low:g}..{self.high:g}, got {value:g}")
        return round(value) if self.integer or self.labels else value

    def parse(self, text: str) -> float:
        """A value from the command line: a number or one of the labels."""
        if text in self.labels:
            return self.low + self.labels.index(text)
        try:
            value = float(text)
        except ValueError:
            choices = f" ({', '.join(self.labels)})" if self.labels else ""
            raise ValueError(f"{self.name} takes a number{choices}, got {text!r}") from None
        return self.check(value)


class DataSet(Strict, frozen=True, kw_only=True):
    """A set the weights were trained on."""

    name: str
    licence: str
    source: str
    notes: int


class TrainedBy(Strict, frozen=True, kw_only=True):
    """Where the weights come from."""

    recipe: str
    command: str
    commit: str
    seed: int
    cpu_minutes: float
    data: tuple[DataSet, ...]


class BundleSpec(Strict, frozen=True, kw_only=True):
    """The whole of `bundle.json`."""

    format_version: int
    kind: str  # one of KINDS
    name: str
    title: str
    codec: str  # name in realtime.music.codecs.CODECS
    codec_hash: str
    graphs: tuple[GraphSpec, ...]
    controls: tuple[ControlSpec, ...]
    config: dict[str, int | float | str]  # what the generator needs to know of the network: layers, heads, ...
    files: dict[str, str]  # file name -> sha256, for every other file of the bundle
    trained_by: TrainedBy
    scores: dict[str, float]  # held-out (valid) scores, e.g. nats_per_note
    params: int

    def graph(self, name: str) -> GraphSpec:
        """The graph of that name; KeyError if there is none."""
        for graph in self.graphs:
            if graph.name == name:
                return graph
        raise KeyError(name)
