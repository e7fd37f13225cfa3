"""Values from the command line, checked: meters, controls, choices, tempo."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from realtime.errors import UsageError
from realtime.music.units import Meter

if TYPE_CHECKING:  # its package brings numpy, which --help has no use for
    from realtime.bundle.spec import BundleSpec


def meter_of(text: str) -> Meter:
    """`"6/8"` -> Meter(6, 8)."""
    return Meter.of(text)


def one_of(name: str, value: str, choices: Sequence[str]) -> str:
    """`value`, or `UsageError` with the choices."""
    if value not in choices:
        raise UsageError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
    return value


def controls_of(spec: "BundleSpec", settings: Iterable[str]) -> dict[str, float]:
    """`["temperature=0.8", "scale=dorian"]` -> control values. Raises `UsageError`."""
    specs = {control.name: control for control in spec.controls}
    out: dict[str, float] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(f"a control is given as name=value, got {setting!r}")
        if name not in specs:
            raise UsageError(f"{spec.name} has no control {name!r} (it has {', '.join(specs)})")
        try:
            out[name] = specs[name].parse(text)
        except ValueError as error:
            raise UsageError(str(error)) from None
    return out
