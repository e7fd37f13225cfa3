"""*Copy diagnostics*: what a process tells, or that it told nothing."""

import json
import sys

import pytest
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.viewmodels.diagnostics import DiagnosticsModel

SAYS = ("-c", 'import sys; print(\'{"checks": [], "asked": "\' + sys.argv[1] + \'"}\')')


def test_what_the_doctor_says_is_handed_on(qtbot: QtBot, models: Models) -> None:
    diagnostics = DiagnosticsModel(models.status)
    with qtbot.waitSignal(diagnostics.ready, timeout=10_000) as told:
        diagnostics.look(sys.executable, SAYS)
        diagnostics.look(sys.executable, SAYS)  # one look at a time
    assert json.loads(told.args[0]) == {"checks": [], "asked": "--json"}


@pytest.mark.parametrize("program", ["no-such-program-anywhere", sys.executable])
def test_a_doctor_that_says_nothing_is_said(qtbot: QtBot, models: Models, program: str) -> None:
    diagnostics = DiagnosticsModel(models.status)
    diagnostics.look(program, ("-c", "import sys; sys.exit(3)"))
    qtbot.waitUntil(lambda: "told nothing" in models.status.last.text, timeout=10_000)
    with qtbot.waitSignal(diagnostics.ready, timeout=10_000):
        diagnostics.look(sys.executable, SAYS)
