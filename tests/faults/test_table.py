"""Every fault has a test, and every test that the table names is there."""

import ast
from pathlib import Path

import pytest

from tests.faults.table import FAULTS

TESTS = Path(__file__).parents[1]
OF_TOOLS = (Path(__file__).name, "test_reasons.py")  # of what shows faults; they show none


def test_there_are_25() -> None:
    assert list(FAULTS) == list(range(1, 26))
    assert all(fault.tests for fault in FAULTS.values())


@pytest.mark.parametrize("name", sorted({test for fault in FAULTS.values() for test in fault.tests}))
def test_each_named_test_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    module = ast.parse((TESTS / path).read_text())
    assert function in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}


def test_each_test_of_this_folder_shows_a_fault() -> None:
    named = {test for fault in FAULTS.values() for test in fault.tests}
    for file in Path(__file__).parent.glob("test_*.py"):
        if file.name in OF_TOOLS:
            continue
        module = ast.parse(file.read_text())
        found = {
            node.name for node in module.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }
        assert {f"faults/{file.name}::{name}" for name in found} <= named
