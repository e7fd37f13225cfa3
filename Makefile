# Hocket on a fresh machine: `make demo` plays, `make test` tests; each sets up what it needs first.
.DEFAULT_GOAL := help
BIN := .venv/bin
SETUP := @bash .ci/setup.sh
MAKEFLAGS += --no-print-directory

.PHONY: help setup demo test check bench bench-timing train-debug clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## Install what it takes to play (system libraries too, where allowed)
	$(SETUP) bare

demo: ## Set up, then 25 s of a phrase and its answers, with no device at all; writes demo-out/
	$(SETUP) bare
	$(BIN)/hocket demo --out demo-out

test: ## Install test and training tools (TORCH_INDEX=... for a CPU-only torch, see .ci/setup.sh), then pytest
	$(SETUP) test
	@$(BIN)/python -m pytest

check: ## Lint, format, types, layers: what has to hold before every commit
	$(SETUP) test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_layers.py tests/test_size.py

bench: ## All benchmarks, and the README's table
	$(SETUP) test
	$(BIN)/python -m tests.benchmarks

bench-timing: ## How late notes leave, beside cyclictest (Debian: rt-tests), mido, isobar and SCAMP; build/timing.*
	$(SETUP) test
	@$(BIN)/python -m pip install --quiet -e '.[bench,gui]'
	$(BIN)/python -m tests.benchmarks.timing

train-debug: ## Ten training steps of each recipe on the CPU
	$(SETUP) test
	$(BIN)/hocket train continue-debug --out runs/debug
	$(BIN)/hocket train morph-debug --out runs/morph-debug
	$(BIN)/hocket train quartet-debug --out runs/quartet-debug
	$(BIN)/hocket train sketch-debug --out runs/sketch-debug
	$(BIN)/hocket train articulation-debug --out runs/articulation-debug

clean: ## Remove the environment, caches and demo output (keeps runs/)
	rm -rf .venv demo-out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find realtime training gui tests -name __pycache__ -type d -prune -exec rm -rf {} +
