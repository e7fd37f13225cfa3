"""All view-models of the window in one value, which is handed to the views."""

from dataclasses import dataclass

from gui.places import Places
from gui.viewmodels.actions import Actions
from gui.viewmodels.audio import AudioModel
from gui.viewmodels.common import CommonModel
from gui.viewmodels.engine_host import EngineHost
from gui.viewmodels.first_phrase import FirstPhrase
from gui.viewmodels.hands import HandsModel
from gui.viewmodels.instance import Instance
from gui.viewmodels.maps import MapsModel
from gui.viewmodels.meters import MetersModel
from gui.viewmodels.monitor import MonitorModel
from gui.viewmodels.notices import NoticesModel
from gui.viewmodels.outside import OutsideModel
from gui.viewmodels.panic import PanicModel
from gui.viewmodels.ports import PortsModel
from gui.viewmodels.preferences import PreferencesModel
from gui.viewmodels.presets import PresetsModel
from gui.viewmodels.rack import RackModel
from gui.viewmodels.roll import RollModel
from gui.viewmodels.sessions import SessionsModel
from gui.viewmodels.settings import Settings
from gui.viewmodels.status import StatusModel
from gui.viewmodels.takes import TakesModel
from gui.viewmodels.training import TrainingModel
from gui.viewmodels.transport import TransportModel
from gui.viewmodels.troubles import TroublesModel
from gui.viewmodels.undo import Undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """One line a view-model; `gui.app.build_models` makes them."""

    places: Places
    settings: Settings
    instance: Instance
    actions: Actions
    undo: Undo
    host: EngineHost
    status: StatusModel
    notices: NoticesModel
    transport: TransportModel
    panic: PanicModel
    meters: MetersModel
    sessions: SessionsModel
    outside: OutsideModel
    common: CommonModel
    first: FirstPhrase
    presets: PresetsModel
    rack: RackModel
    troubles: TroublesModel
    roll: RollModel
    hands: HandsModel
    maps: MapsModel
    takes: TakesModel
    ports: PortsModel
    audio: AudioModel
    preferences: PreferencesModel
    training: TrainingModel
    monitor: MonitorModel
