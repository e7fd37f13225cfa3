"""The gate of `make coverage`: `python -m tests.covered REPORT` fails where a package's branches are less than 90 %.

REPORT is what `coverage json` writes. Lines and branches are told apart: coverage's own sum of both looks better than
its branches.
"""

import json
import sys
from pathlib import Path
from typing import Any

PACKAGES = ("realtime/player", "realtime/bundle")
LIMIT = 0.9


def share(files: dict[str, Any], package: str, what: str, covered: str) -> float:
    """How much of a package's lines or branches was run, 0..1."""
    summaries = [file["summary"] for name, file in files.items() if name.startswith(f"{package}/")]
    return float(sum(each[covered] for each in summaries) / sum(each[what] for each in summaries))


def main(report: Path) -> int:
    """Print a row a package; 1 where one is below the limit."""
    files = json.loads(report.read_text())["files"]
    passed = True
    for package in PACKAGES:
        lines = share(files, package, "num_statements", "covered_lines")
        branches = share(files, package, "num_branches", "covered_branches")
        passed = passed and branches >= LIMIT
        print(f"{package:16} lines {lines:6.1%}  branches {branches:6.1%}  (at least {LIMIT:.0%} of the branches)")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
