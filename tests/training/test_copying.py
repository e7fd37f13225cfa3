from pathlib import Path

import numpy as np
import pytest

from realtime.bundle.store import load_bundle
from tests.toy_bundle import write_toy_bundle
from training.data.augment import to_arrays
from training.data.generated import generated_tunes
from training.evaluate.copying import copy_gate, corpus_symbols, longest_run, symbols
from training.evaluate.melody import open_stepper


def test_longest_run_by_hand() -> None:
    corpus = np.array([1, 2, 3, 4, -1, 2, 3, 9])
    assert longest_run(np.array([7, 2, 3, 9, 1, 2]), corpus) == 3
    assert longest_run(np.array([4, 2]), corpus) == 1  # not across the end of a tune
    assert longest_run(np.array([8]), corpus) == 0


def test_a_copy_is_found_whole_in_any_key() -> None:
    tunes = [to_arrays(tune) for tune in generated_tunes(4, events=50)]
    piece = symbols(tunes[2].interval_N[10:30], tunes[2].duration_N[10:30])
    assert longest_run(piece, corpus_symbols(tunes)) == 20


@pytest.mark.parametrize("with_train", [True, False])
def test_the_gate_compares_with_people(tmp_path: Path, with_train: bool) -> None:
    stepper = open_stepper(load_bundle(write_toy_bundle(tmp_path / "toy")))  # 96 rows of context: it overflows
    tunes = [to_arrays(tune) for tune in generated_tunes(12, events=100)]
    gate = copy_gate(stepper, tunes[:8] if with_train else [], tunes[8:])
    if with_train:
        assert gate["prompts"] == 4
        assert gate["longest_run_median"] <= gate["people_longest_run_median"]  # an untrained network copies nothing
        assert gate["passed"] is True
    else:
        assert gate == {"passed": None, "prompts": 0}
