"""What the engine left out by itself is said until it is there again, with the way back."""

import msgspec

from gui.models import Models
from realtime.engine import commands as ask
from realtime.engine.reports import RackChanged
from realtime.messages import Chunk, InputMuted, ListenAgain
from tests.gui.fakes import FakeHost
from tests.gui.rack_rig import Echo, open_rack
from tests.gui.viewmodels.test_outside import press, ready, text

MUTED = InputMuted(in_port="Hocket In", out_port="Hocket Out", muted=True)
WHY = "morph/decoder.onnx: one run took over 1 s and was ended"


def test_a_model_that_is_given_up_is_said_until_it_works_again(models: Models, host: FakeHost) -> None:
    open_rack(host)
    echo, part = Echo(host, models), models.rack["morph"]
    echo.tell("morph", playing=True, failed=WHY)
    assert (part.lamp, part.failure, part.is_given_up) == ("failed", WHY, True)
    host.tell(Chunk("morph", 1, 0, 0, ()))  # it plays on what it had
    assert part.lamp == "failed"
    assert text(models).startswith("morph: its model failed three times")
    press(models, "Try again")
    assert host.asked == [ask.SwapModel("", "morph")]
    assert part.lamp == "loading"
    assert models.undo.steps == 0
    host.tell(part.told)
    echo.tell("morph", failed="")
    assert (part.lamp, part.failure, part.is_given_up) == ("plays", "", False)
    assert text(models) == ""


def test_an_input_that_is_muted_is_said_until_it_is_heard_again(models: Models, host: FakeHost) -> None:
    host.tell(MUTED)
    assert "Hocket Out comes back in at Hocket In" in text(models)
    press(models, "Hear it nonetheless")
    assert host.asked[-1] == ask.Forward(ListenAgain())
    host.tell(msgspec.structs.replace(MUTED, muted=False))
    assert text(models) == ""


def test_other_ports_are_not_muted(models: Models, host: FakeHost) -> None:
    host.tell(ready(), MUTED)
    assert "comes back" in text(models)
    host.tell(ready())
    assert "comes back" not in text(models)
    host.tell(MUTED)
    host.become("starting")
    assert "comes back" not in text(models)


def test_a_part_that_goes_takes_its_notice_along(models: Models, host: FakeHost) -> None:
    open_rack(host)
    Echo(host, models).tell("morph", failed=WHY)
    host.tell(RackChanged(("continue",)))
    assert text(models) == ""


def test_another_engine_begins_without_the_troubles_of_the_last(models: Models, host: FakeHost) -> None:
    open_rack(host)
    Echo(host, models).tell("morph", failed=WHY)
    host.become("starting")
    assert text(models) == ""
