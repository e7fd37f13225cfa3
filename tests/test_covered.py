"""The gate of `make coverage` looks at branches, each package by itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.covered import PACKAGES, main


def file(branches: int, covered: int) -> dict[str, Any]:
    lines = {"num_statements": 1000, "covered_lines": 1000}
    return {"summary": {**lines, "num_branches": branches, "covered_branches": covered}}


@pytest.mark.parametrize(("covered", "code"), [((9, 91), 0), ((10, 79), 1), ((10, 80), 0)])
def test_it_passes_from_90_per_cent_of_the_branches_on(tmp_path: Path, covered: tuple[int, int], code: int) -> None:
    player, bundle = PACKAGES
    files = {
        f"{player}/core.py": file(10, covered[0]),
        f"{player}/sync/link.py": file(90, covered[1]),
        f"{bundle}/store.py": file(10, 10),
    }
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"files": files}))
    assert main(report) == code


def test_one_package_does_not_make_up_for_another(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    for low in PACKAGES:
        files = {f"{package}/a.py": file(1000, 0 if package == low else 1000) for package in PACKAGES}
        report.write_text(json.dumps({"files": files}))
        assert main(report) == 1
