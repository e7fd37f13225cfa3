"""The banner's text: where notes go, what became of the engine."""

import pytest

from gui.models import Models
from gui.viewmodels.notices import Notice, NoticesModel
from realtime.messages import Plugged, PortLost, PortsSeen, Ready, SeenPort, SoundChanged
from tests.gui.fakes import FakeHost


def ready(backend: str = "jack") -> Ready:
    return Ready(wire_version=3, backend=backend, in_port="In", out_port="Out", realtime_priority="none: test")


def text(models: Models) -> str:
    current = models.notices.current
    return current[1].text if current else ""


def press(models: Models, label: str) -> None:
    current = models.notices.current
    assert current is not None
    dict(current[1].actions)[label]()


@pytest.fixture
def notices(qapp: object) -> NoticesModel:
    return NoticesModel()


def test_the_gravest_is_shown_and_of_several_the_newest(notices: NoticesModel) -> None:
    notices.show("a", Notice(text="A"))
    notices.show("b", Notice(text="B", level="warning"))
    notices.show("c", Notice(text="C"))
    assert notices.current == ("b", Notice(text="B", level="warning"))
    notices.clear("b")
    assert notices.current == ("c", Notice(text="C"))


def test_what_was_closed_comes_back_only_with_news(notices: NoticesModel) -> None:
    notices.show("a", Notice(text="A"))
    notices.close("a")
    notices.show("a", Notice(text="A"))
    assert notices.current is None
    notices.show("a", Notice(text="Other"))
    assert notices.current == ("a", Notice(text="Other"))


def test_what_is_so_again_after_it_was_not_is_said_again(notices: NoticesModel) -> None:
    notices.show("a", Notice(text="A"))
    notices.close("a")
    notices.clear("a")
    notices.show("a", Notice(text="A"))
    assert notices.current is not None


def test_without_a_daw_it_says_where_notes_go_and_offers_the_page(models: Models, host: FakeHost) -> None:
    pages: list[str] = []
    models.actions.bind("connect", lambda: pages.append("connect"))
    host.tell(ready(), SoundChanged(there=True))
    assert text(models) == "No DAW connected. Playing through the built-in sound."
    press(models, "Connect a DAW...")
    assert pages == ["connect"]


def test_without_sound_or_midi_it_says_what_works_nonetheless(models: Models, host: FakeHost) -> None:
    host.tell(ready("memory"), SoundChanged(there=False, text="no audio device (no audio through jack; and more)"))
    assert text(models) == (
        "No MIDI system works here. No sound either (no audio device); see, keep and drag out what is played."
    )


@pytest.mark.parametrize(
    "connected",
    [
        Plugged(name="Synth", direction="out", port="", there=True),
        PortsSeen((SeenPort("Live", "out", "jack", used=True),)),
    ],
)
def test_a_connection_needs_no_words(models: Models, host: FakeHost, connected: object) -> None:
    host.tell(ready(), SoundChanged(there=True), connected)  # type: ignore[arg-type]
    assert text(models) == ""


def test_a_port_that_is_not_there_is_waited_for_in_words(models: Models, host: FakeHost) -> None:
    host.tell(ready(), Plugged(name="Launchkey", direction="in", port="", there=False))
    assert text(models) == "Waiting for Launchkey. It is used as soon as it is there."
    host.tell(Plugged(name="Launchkey", direction="in", port="", there=True))
    assert "Waiting" not in text(models)


def test_midi_that_goes_away_is_said(models: Models, host: FakeHost) -> None:
    host.tell(ready(), PortLost("the JACK server is gone"))
    assert "the JACK server is gone" in models.status.last.text


def test_a_lost_engine_is_said_until_the_next_one_is_there(models: Models, host: FakeHost) -> None:
    host.become("lost", "out of memory")
    assert text(models) == "The engine ended; it is started again with this session. out of memory"
    host.become("starting")
    assert "started again" in text(models)
    host.become("ready")
    assert text(models) == ""


def test_an_engine_lost_too_often_is_started_by_the_user(models: Models, host: FakeHost) -> None:
    host.become("lost", is_final=True)
    press(models, "Try again")
    assert len(host.starts) == 1


def test_a_standstill_is_said(models: Models, host: FakeHost) -> None:
    host.become("frozen")
    assert "not answered for two seconds" in text(models)
    press(models, "Start it again")
    assert len(host.starts) == 1
