"""The bar at the top: play, place, tempo, who leads, and what comes and goes."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.models import Models
from gui.theme import LARGE, SPACE, scaled
from gui.viewmodels.status import WARNING
from gui.views.bound import ActionButton
from gui.views.tempo_field import TempoField
from gui.widgets.buttons import Toggle
from gui.widgets.choice_box import ChoiceBox
from gui.widgets.lights import ACTIVE, IDLE, OVERLOAD, ActivityLight, BeatDots
from gui.widgets.rows import fill
from realtime.bundle.spec import choice

FRAME_MS: Final = 16
METERS: Final = ("2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "9/8", "12/8")
SOURCES: Final = ("internal", "clock", "jack", "link")
COUNT_INS: Final = ("0", "1", "2", "4")
LIGHTS: Final = (("in", "In"), ("out", "Out"), ("clock", "Clock"))


class TransportBar(QWidget):
    """Moves only while the music does and somebody can see it."""

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._models, self._transport = models, models.transport
        self._make_widgets()
        self._lay_out()
        self._frame = QTimer(self, interval=FRAME_MS)
        self._frame.timeout.connect(self._show_place)
        self._bind()
        self._sync()
        self._show_losses()

    # --- building ----------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        actions = self._models.actions
        self.play = ActionButton(actions, "play", icon="play")
        self.play.setCheckable(True)
        self.play.set_role("good")
        self.play.setFixedWidth(2 * SPACE.target)
        self.panic = ActionButton(actions, "panic", text=tr("Panic"), icon="panic")
        self.tap = ActionButton(actions, "tap", text=tr("Tap"))
        self.place = QLabel("1.1.1")
        self.place.setAccessibleName(tr("Place: bar, beat, sixteenth"))
        self.place.setToolTip(tr("Bar, beat and sixteenth of the place that plays"))
        self.dots = BeatDots()
        self.tempo = TempoField()
        self.meter = ChoiceBox(choice("meter", METERS, text="beats and their length; the music begins anew with it"))
        self.sync = ChoiceBox(choice("sync", SOURCES, text="who leads the beat"))
        self.lock = ActivityLight(tr("Beat from outside"))
        self.peers = QLabel()
        self.peers.setAccessibleName(tr("Link: others in the session"))
        self.count_in = ChoiceBox(choice("count-in", COUNT_INS, text="bars of clicks before the music begins"))
        self.clock_out = Toggle(tr("Clock out"), text=tr("Clock out"))
        self.clock_out.setToolTip(tr("Send MIDI clock and song position to Hocket Out"))
        self.lights = {key: ActivityLight(tr(name)) for key, name in LIGHTS}

    def _lay_out(self) -> None:
        lights: list[QWidget] = []
        for key, name in LIGHTS:
            lights += [self.lights[key], QLabel(tr(name))]
        fill(
            QHBoxLayout(self),
            self.play,
            self.panic,
            self.place,
            self.dots,
            self.tempo,
            self.tap,
            self.meter,
            self.sync,
            self.lock,
            self.peers,
            self.count_in,
            self.clock_out,
            1,
            *lights,
            margins=(SPACE.gap, SPACE.gap, SPACE.gap, SPACE.gap),
        )
        self._fit()

    def _fit(self) -> None:
        """What changes its text must not change its width."""
        self.place.setFont(scaled(self.font(), LARGE, bold=True))
        self.place.setFixedWidth(self.place.fontMetrics().horizontalAdvance("-888.8.8") + SPACE.gap)
        for box in (self.tempo, self.meter, self.sync, self.count_in):
            box.setFixedWidth(box.sizeHint().width() + 2)  # its texts have fractions of a pixel

    def _bind(self) -> None:
        transport, meters = self._transport, self._models.meters
        transport.changed.connect(self._sync)
        transport.tempo_changed.connect(self.tempo.show_value)
        self.tempo.edited.connect(transport.set_bpm)
        self.tempo.refused.connect(lambda why: self._models.status.say(why, WARNING))
        self.meter.edited.connect(lambda value: self._models.sessions.change_time(meter=METERS[int(value)]))
        self.count_in.edited.connect(
            lambda value: self._models.sessions.change_time(count_in=int(COUNT_INS[int(value)]))
        )
        self.sync.edited.connect(self._choose_source)
        self.clock_out.edited.connect(lambda value: self._set_sync(clock_out=bool(value)))
        meters.changed.connect(self._show_losses)
        meters.passed.connect(lambda key: self.lights[key].pulse())

    # --- what the user does ------------------------------------------------------------------------------

    def _choose_source(self, value: float) -> None:
        source = SOURCES[int(value)]
        now = self._transport.time
        changes: dict[str, object] = {"sync": source}
        if source == "clock":
            changes["clock_out"] = False  # Hocket would follow itself
        if source != "internal" and now.count_in:
            self._models.sessions.change_time(count_in=0, **changes)  # another program starts the music
        else:
            self._set_sync(**changes)

    def _set_sync(self, **values: object) -> None:
        try:
            self._transport.set_sync(**values)
            self._models.sessions.touch()
        except ValueError as error:
            self._models.status.say(str(error), WARNING)
            self._sync()

    # --- what there is to show ---------------------------------------------------------------------------

    def _sync(self) -> None:
        transport, told, time = self._transport, self._transport.told, self._transport.time
        self.play.setChecked(transport.playing)
        self.play.set_icon("stop" if transport.playing else "play")
        self.play.setAccessibleName(tr("Stop") if transport.playing else tr("Play"))
        self.tempo.show_value(transport.bpm)
        leads = time.sync == "internal"
        self.tempo.setEnabled(time.sync not in ("clock", "jack"))
        self.tempo.setToolTip(self.tempo.scale.help() if self.tempo.isEnabled() else tr("The tempo comes from outside"))
        self.dots.set_beats(transport.meter.numerator)
        for box, labels, value in (
            (self.meter, METERS, str(transport.meter)),
            (self.sync, SOURCES, time.sync),
            (self.count_in, COUNT_INS, str(time.count_in)),
        ):
            if value in labels:
                box.show_value(labels.index(value))
        self.count_in.setEnabled(leads)
        self.count_in.set_mapped("")
        if not leads:
            self.count_in.setToolTip(tr("No count-in: another program starts the music"))
        self.clock_out.show_value(time.clock_out)
        self.clock_out.setEnabled(time.sync != "clock")
        self.lock.setVisible(not leads)
        self.lock.show_state(ACTIVE if told.locked else IDLE)
        self.lock.setToolTip(tr("The beat from outside is there") if told.locked else tr("Waiting for the beat"))
        self.peers.setVisible(time.sync == "link")
        self.peers.setText(str(told.peers))
        self._run_or_rest()
        self._show_place()

    def _show_place(self) -> None:
        bar, beat, sixteenth = self._transport.place()
        text = f"{bar}.{beat}.{sixteenth}"
        if text != self.place.text():
            self.place.setText(text)
            self.dots.show_beat(beat - 1 if self._transport.playing else -1)

    def _show_losses(self) -> None:
        meters = self._models.meters
        if meters.lost:
            self.lights["out"].show_state(OVERLOAD)
        elif self.lights["out"].state == OVERLOAD:
            self.lights["out"].show_state(IDLE)

    def _run_or_rest(self) -> None:
        moves = self._transport.playing and self.isVisible() and not self.window().isMinimized()
        if moves != self._frame.isActive():
            self._frame.start() if moves else self._frame.stop()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Seen again."""
        super().showEvent(event)
        self.window().installEventFilter(self)
        self._run_or_rest()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """Nobody looks."""
        super().hideEvent(event)
        self._frame.stop()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The window was minimised, or is back."""
        if event.type() == QEvent.Type.WindowStateChange:
            self._run_or_rest()
        return False

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._fit()


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("transport", text)
