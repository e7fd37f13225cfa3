# Hocket on a fresh machine: `make demo` plays, `make test` tests; each sets up what it needs first.
.DEFAULT_GOAL := help
BIN := .venv/bin
SETUP := @bash .ci/setup.sh
AS_ROOT := $(if $(filter 0,$(shell id -u)),env,sudo -n) DEBIAN_FRONTEND=noninteractive
MAKEFLAGS += --no-print-directory

.PHONY: help setup demo test coverage check bench bench-timing accept train-debug window screenshots soak clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## Install what it takes to play (system libraries too, where allowed)
	$(SETUP) bare

window: ## Set up, then open the window
	$(SETUP) live
	$(BIN)/hocket

demo: ## Set up, then 25 s of a phrase and its answers, with no device at all; writes demo-out/
	$(SETUP) bare
	$(BIN)/hocket demo --out demo-out

test: ## Install test and training tools (TORCH_INDEX=... for a CPU-only torch, see .ci/setup.sh), then pytest
	$(SETUP) test
	@$(BIN)/python -m pytest

coverage: ## Branch coverage of player and bundle, started players included (jackd2); fails below 90 % of either
	$(SETUP) test
	@rm -rf build/coverage
	-@$(BIN)/python -m coverage run -m pytest tests/player tests/bundle tests/fuzz tests/live tests/faults \
		--deselect tests/faults/test_swaps.py # a tracer keeps references, which that one counts
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report --skip-covered --show-missing
	@$(BIN)/python -m coverage json --quiet -o build/coverage/report.json
	@$(BIN)/python -m tests.covered build/coverage/report.json

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
	$(BIN)/python -m tests.benchmarks.loopback

accept: ## A DAW (Ardour, installed where allowed) records the four models through JACK: every note, in time
	$(SETUP) test
	@command -v ardour7-lua >/dev/null || command -v ardour8-lua >/dev/null || \
		$(AS_ROOT) apt-get install -y -qq --no-install-recommends ardour >/dev/null
	$(BIN)/python -m tests.acceptance.ardour

train-debug: ## Ten training steps of each recipe on the CPU
	$(SETUP) test
	$(BIN)/hocket train continue-debug --out runs/debug
	$(BIN)/hocket train morph-debug --out runs/morph-debug
	$(BIN)/hocket train quartet-debug --out runs/quartet-debug
	$(BIN)/hocket train sketch-debug --out runs/sketch-debug
	$(BIN)/hocket train articulation-debug --out runs/articulation-debug

screenshots: ## Pictures of the window for the README, under Xvfb with a real engine; docs/pictures/
	$(SETUP) test
	xvfb-run -a -s "-screen 0 2560x1600x24" $(BIN)/python -m tests.gui.screenshots docs/pictures

soak: ## Chaos while four parts play: MINUTES=10 SEED=1 (needs jackd2); the report's last line is JSON
	$(SETUP) test
	@$(BIN)/python -m tests.faults.soak --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1)

clean: ## Remove the environment, caches and demo output (keeps runs/)
	rm -rf .venv demo-out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find realtime training gui tests -name __pycache__ -type d -prune -exec rm -rf {} +
