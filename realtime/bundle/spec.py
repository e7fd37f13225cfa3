"""What `bundle.json` says. Unknown fields are refused; field docs are the format's documentation."""

from collections.abc import Mapping, Sequence

import msgspec

from realtime.errors import UsageError

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

    def show(self, value: float) -> float | str:
        """The value as one writes it down: the label of a choice, else the number. `parse` and `check` read it."""
        return self.labels[int(value - self.low)] if self.labels else value


def choice(name: str, labels: tuple[str, ...], *, default: int = 0, text: str = "") -> ControlSpec:
    """A control that picks one of `labels`."""
    return ControlSpec(name=name, low=0, high=len(labels) - 1, default=default, integer=True, labels=labels, help=text)


def resolve(owner: str, controls: Sequence[ControlSpec], given: Mapping[str, float | str]) -> dict[str, float]:
    """All controls by name: the given values (numbers or labels), checked, over the defaults.

    Raises `UsageError`, which names the owner, on an unknown name or a value out of range.
    """
    specs = {control.name: control for control in controls}
    unknown = [name for name in given if name not in specs]
    if unknown:
        raise UsageError(f"{owner} has no control {unknown[0]!r} (it has {', '.join(specs)})")
    values = {name: given.get(name, control.default) for name, control in specs.items()}
    try:
        return {n: specs[n].parse(v) if isinstance(v, str) else specs[n].check(v) for n, v in values.items()}
    except ValueError as error:
        raise UsageError(str(error)) from None


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
