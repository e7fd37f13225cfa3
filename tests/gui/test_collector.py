"""Garbage with Qt objects in it is swept away in the window's thread, whoever allocates."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject

from gui.collector import Collector


class Cycle(QObject):
    """An object that only the search for cycles can find; notes which thread took it away."""

    def __init__(self, swept_by: list[int]) -> None:
        super().__init__()
        self.me, self._swept_by = self, swept_by

    def __del__(self) -> None:
        self._swept_by.append(threading.get_ident())


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    collector = Collector()
    collector.look()
    yield collector
    collector.stop()
    gc.disable()  # as the whole package has it


def allocate() -> None:
    """Enough for the search to begin, if it is on."""
    kept = [[] for _ in range(20_000)]
    assert kept


def test_another_thread_that_allocates_sweeps_nothing_away(collector: Collector) -> None:
    swept_by: list[int] = []
    Cycle(swept_by)
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()
    assert swept_by == []
    allocate()
    kept = [[] for _ in range(2_000)]
    collector.look()
    assert kept
    assert swept_by == [threading.get_ident()]


def test_a_look_without_need_costs_no_search(collector: Collector) -> None:
    swept_by: list[int] = []
    gc.collect(0)
    Cycle(swept_by)
    collector.look()
    assert swept_by == []
    gc.collect()


def test_at_its_end_python_searches_again(qapp: object) -> None:
    collector = Collector()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    gc.disable()
