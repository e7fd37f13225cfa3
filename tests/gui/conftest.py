"""Before Qt is imported: no display. What the tests of the window share."""

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from gui.app import build_models
from gui.models import Models
from gui.places import Places
from tests.gui.fakes import FakeHost


@pytest.fixture(scope="package", autouse=True)
def _collected_in_one_package() -> Iterator[None]:
    """See `gui.collector`: garbage with Qt objects in it must not be swept away by another thread, here or later."""
    gc.disable()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]  # None: to all
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def _collected_in_this_thread() -> Iterator[None]:
    yield
    gc.collect(1)


@pytest.fixture
def host(qapp: object) -> FakeHost:
    """A host without an engine."""
    return FakeHost()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Folders of this test's own."""
    return Places.under(tmp_path)


@pytest.fixture
def models(host: FakeHost, places: Places) -> Iterator[Models]:
    """All view-models on the host without an engine."""
    made = build_models(host, places)
    yield made
    made.training.finish()  # their pages ask what there is, in processes of their own
    made.audio.finish()
