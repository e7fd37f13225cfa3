from pathlib import Path

import pytest

from realtime.bundle.store import load_bundle
from tests.toy_bundle import write_toy_bundle, write_toy_morph
from tests.training.test_corpus import write_tune
from training.cli import evaluate_command
from training.data.generated import generated_tunes
from training.evaluate.card import CARD, PICTURE, write_card

REPORT = {
    "kind": "morph",
    "split": "valid",
    "n": 1234,
    "scores": {"step_accuracy": 0.9512, "valid.nats": 2.0, "latent": 16.0},
    "baselines": {"step_accuracy": 0.8, "valid.nats": 2.5, "zero": 0.0},
    "copy_gate": {"passed": True, "prompts": 60, "longest_run_median": 7.0},
}


def test_a_card_says_what_the_report_says(tmp_path: Path) -> None:
    bundle = load_bundle(write_toy_bundle(tmp_path / "toy"))
    card = write_card(bundle, REPORT, generated_tunes(6), tmp_path / "card").read_text()
    assert "# Toy: untrained" in card
    assert "## Scores on valid (1,234 scored)" in card
    assert "| valid.nats | 2 | 2.5 | -20.0 % |" in card
    assert "| latent | 16 |  |  |" in card
    assert "passed (prompts 60, longest run median 7)" in card
    assert "| generated | none needed | made up by a rule | 128 |" in card
    assert "`tests.toy_bundle`" in card
    assert f"![Piano rolls]({PICTURE})" in card
    assert (tmp_path / "card" / PICTURE).read_bytes().startswith(b"\x89PNG")
    assert len(card.splitlines()) < 60  # a page
    assert str(tmp_path) not in card


def test_without_training_music_nothing_is_said_of_copies(tmp_path: Path) -> None:
    bundle = load_bundle(write_toy_bundle(tmp_path / "toy"))
    card = write_card(bundle, {**REPORT, "copy_gate": {"passed": None}}, [], tmp_path / "card").read_text()
    assert "not checked" in card
    assert "mixture" not in card
    assert not (tmp_path / "card" / PICTURE).exists()


def test_the_strongest_rival_stands_in_a_table_of_its_own(tmp_path: Path) -> None:
    bundle = load_bundle(write_toy_bundle(tmp_path / "toy"))
    report = {**REPORT, "mixture": {"valid.nats": 1.6, "unknown": 1.0}}
    card = write_card(bundle, report, [], tmp_path / "card").read_text()
    assert "| valid.nats | 2 | 2.5 | -20.0 % |" in card
    assert "| valid.nats | 2 | 1.6 | +25.0 % |" in card
    assert card.count("latent") == 1


@pytest.mark.parametrize("write_toy", [write_toy_bundle, write_toy_morph])
def test_evaluate_writes_a_card_for_each_kind(tmp_path: Path, write_toy) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "music"
    folder.mkdir()
    for i in range(4):
        write_tune(folder / f"{i}.mid", pitches=[60 + (i * j * 5 + j) % 12 for j in range(30)])
    report = evaluate_command(write_toy(tmp_path / "toy"), [folder], card=tmp_path / "card")
    card = (tmp_path / "card" / CARD).read_text()
    assert all(f"| {name} |" in card for name in report["scores"])
    assert (tmp_path / "card" / PICTURE).is_file()
