"""What a window asks before it trains: which recipes there are, and what each costs."""

import json

import pytest

from tests.cli.test_cli import hocket

pytest.importorskip("torch")


def test_the_recipes_as_json_and_as_a_table() -> None:
    told = hocket("train", "--list", "--json")
    assert told.returncode == 0, told.stderr
    recipes = {recipe["name"]: recipe for recipe in json.loads(told.stdout)}
    assert recipes["continue-debug"]["steps"] == 10
    assert recipes["continue"]["minutes"] > 10
    assert {recipe["kind"] for recipe in recipes.values()} >= {"continue", "morph", "quartet", "sketch"}
    table = hocket("train", "--list").stdout.splitlines()
    assert [line.split()[0] for line in table] == list(recipes)


def test_no_recipe_is_one_clear_line() -> None:
    result = hocket("train")
    assert (result.returncode, result.stderr) == (2, "hocket: which recipe? `hocket train --list` tells them\n")
