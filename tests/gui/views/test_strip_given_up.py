"""A strip whose model is asked no more: why, in words, and the button that tries again."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.models import Models
from gui.views.rack_view import RackView
from realtime.engine import commands as ask
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import Echo, open_rack

WHY = "morph/decoder.onnx: one run took over 1 s and was ended"


def test_it_says_why_and_tries_again_at_a_click(models: Models, host: FakeHost, qtbot: QtBot) -> None:
    view = RackView(models)
    qtbot.addWidget(view)
    open_rack(host)
    strip, echo = view.strip_of("morph"), Echo(host, models)
    assert strip.again.isHidden()
    height = strip.sizeHint().height()
    echo.tell("morph", failed=WHY)
    assert not strip.again.isHidden()
    assert strip.load.isHidden()
    assert strip.lamp.lamp == "failed"
    assert strip.lamp.toolTip() == WHY
    assert strip.sizeHint().height() == height  # nothing jumps
    qtbot.mouseClick(strip.again, Qt.MouseButton.LeftButton)
    assert host.asked == [ask.SwapModel("", "morph")]
    host.tell(strip.part.told)
    echo.tell("morph", failed="")
    assert strip.again.isHidden()
    assert not strip.load.isHidden()
