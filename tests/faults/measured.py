"""What the faults' tests measured when they ran last, kept in a file of the build folder."""

import json
from pathlib import Path

FILE = Path(__file__).parents[2] / "build" / "faults.json"


def kept() -> dict[str, dict[str, float]]:
    """By number of the fault: what, and how much."""
    try:
        values: dict[str, dict[str, float]] = json.loads(FILE.read_text())
    except (OSError, ValueError):
        return {}
    return values


def keep(fault: int, what: str, value: float) -> None:
    values = kept()
    values.setdefault(str(fault), {})[what] = round(value, 3)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(values, indent=1, sort_keys=True))
