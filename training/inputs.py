"""A run's data: read as its recipe asks, and listed in the run's folder so that the export reads the same."""

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from realtime.errors import FileError
from training.config import AnyRecipe
from training.data.augment import TuneArrays, to_arrays
from training.data.corpus import Corpus, ReadConfig, left_out_names, write_lists
from training.data.pickups import with_bar_lines
from training.kinds import AnyCorpus, kind_of

log = logging.getLogger(__name__)
DATA_FILE: Final = "data.json"  # in a run's folder: where its data was, for the export; never in a bundle
LEFT_OUT_FILE: Final = "left_out.txt"
CACHE: Final = "cache"
CACHE_VARIABLE: Final = "HOCKET_CACHE"
LISTED_PROBLEMS: Final = 20


def read_data(
    recipe: AnyRecipe, data: Sequence[Path], *, run: Path | None = None, leave_out: Sequence[Path] = ()
) -> AnyCorpus:
    """The recipe's music; what could not be read goes to the log, and the run goes on.

    `run`: its folder holds the cache, if $HOCKET_CACHE names no other.
    """
    if recipe.generated and not data:
        return kind_of(recipe).generate(recipe.generated)
    for path in leave_out:
        if not path.is_file():
            raise FileError(f"{path}: no such file; --leave-out takes a text file with one name a line")
    corpus = kind_of(recipe).load(data, config=ReadConfig(leave_out=leave_out, cache=cache_folder(run)))
    log_problems(corpus)
    for split in ("train", "valid"):
        log.info("%s: %d tunes, notes %s", split, len(corpus.split(split)), corpus.note_counts(split))
    return corpus


def log_problems(corpus: AnyCorpus) -> None:
    """The first files that could not be read, and how many more there are."""
    for problem in corpus.problems[:LISTED_PROBLEMS]:
        log.warning("left out: %s", problem)
    if len(corpus.problems) > LISTED_PROBLEMS:
        log.warning("left out: %d more", len(corpus.problems) - LISTED_PROBLEMS)


def cache_folder(run: Path | None) -> Path | None:
    """Where parsed files are kept."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named)
    return run / CACHE if run else None


def write_inputs(run: Path, data: Sequence[Path], corpus: AnyCorpus, leave_out: Sequence[Path]) -> None:
    """Put the lists into the run's folder: folders, names left out, split and problems."""
    (run / DATA_FILE).write_text(json.dumps([str(path.resolve()) for path in data]), encoding="utf-8")
    names = left_out_names(leave_out)
    (run / LEFT_OUT_FILE).write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
    write_lists(corpus, run)


def data_of(run_dir: Path) -> list[Path]:
    """The data folders of a run."""
    path = run_dir / DATA_FILE
    try:
        return [Path(folder) for folder in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError) as error:
        raise FileError(
            f"{path}: no list of data folders ({error}); a run's folder is made by `hocket train`"
        ) from error


def left_out_by(run_dir: Path) -> list[Path]:
    """The list of names that a run left out, if it has one."""
    path = run_dir / LEFT_OUT_FILE
    return [path] if path.is_file() else []


def arrays_of(corpus: Corpus, split: str) -> list[TuneArrays]:
    """The tunes of a split as arrays, put on their bar lines as the train part tells them."""
    train = [to_arrays(tune) for tune in corpus.split("train")]
    if split == "train":
        return with_bar_lines(train, [])[0]
    return with_bar_lines(train, [to_arrays(tune) for tune in corpus.split(split)])[1]
