"""Everything a step touches lies where the network lies.

There is no GPU on a test machine: the "meta" device stands for one. It computes nothing, but a product of a tensor
there with one that was forgotten on the CPU fails as it would on a GPU.
"""

import itertools

import numpy as np
import pytest
import torch

from training.checkpoint import copy_weights
from training.config import Recipe
from training.data.augment import TuneArrays
from training.optim import make_optimizer, update_average
from training.recipes import RECIPES
from training.tasks.language_model import LanguageModelTask, nats

AWAY = torch.device("meta")


@pytest.fixture
def task(tunes: list[TuneArrays]) -> LanguageModelTask:
    recipe = RECIPES["continue-debug"]()
    assert isinstance(recipe, Recipe)
    made = LanguageModelTask(recipe, tunes[:6], tunes[6:])
    made.network.to(AWAY)
    return made


def test_a_step_stays_on_the_network_s_device(task: LanguageModelTask) -> None:
    networks = task.networks()
    average = copy_weights(networks)
    optimizer = make_optimizer(task.network, task.recipe.train)
    for batch in itertools.islice(task.batches(0), 2):
        ((name, loss),) = task.losses(batch)
        assert loss.device == AWAY
        loss.backward()
        torch.nn.utils.clip_grad_norm_(networks[name].parameters(), 1.0)
        optimizer.step()
        update_average(average, networks, 0.5)
    assert all(value.device == AWAY for value in average[name].values())
    moments = [value for state in optimizer.state.values() for key, value in state.items() if key != "step"]
    assert moments
    assert {value.device for value in moments} == {AWAY}


def test_scores_are_computed_there_in_whole_windows(task: LanguageModelTask) -> None:
    """In evaluation mode too: the rotary tables, the mask and the pitches that come go along."""
    task.network.eval()
    batch = next(task.batches(1))
    with torch.no_grad():
        for part_BS in nats(task.network, batch):
            assert part_BS.device == AWAY
            assert part_BS.shape == np.shape(batch.pitch_BS)


def test_what_was_forgotten_would_show(task: LanguageModelTask) -> None:
    task.network.cos_SK = task.network.cos_SK.new_zeros(task.network.cos_SK.shape, device="cpu")
    with pytest.raises(RuntimeError, match="device"):
        nats(task.network, next(task.batches(1)))
