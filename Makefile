# Everything a developer or a first-time user types. Needs Python 3.11 to 3.14 and git; nothing else.
#
#   make run PYTHON=python3.12       choose the Python that .venv is made with
#   make bench BENCH="clocks leak"    run some benchmarks; tests/benchmarks/bench_NAME.py each
#   make setup LAYERSCOPE_KEEP_TORCH=1   keep the torch that is in .venv already (see README, "GPUs")

SHELL := /bin/sh
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin/python
OFFSCREEN := QT_QPA_PLATFORM=offscreen

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint bench screenshots clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.packages $(VENV)/.libraries ## Make .venv, install the pinned packages and what Qt needs

$(VENV)/.packages: requirements.lock setup/packages.sh setup/find_python.sh
	@LAYERSCOPE_KEEP_TORCH='$(LAYERSCOPE_KEEP_TORCH)' sh setup/packages.sh $(VENV) '$(PYTHON)'
	@touch $@

# Without the stamp (something is missing that only root can install) it is looked at again next time.
$(VENV)/.libraries: setup/system_libraries.sh | $(VENV)/.packages
	@sh setup/system_libraries.sh && touch $@ || true

run: setup ## Start the app; with no screen, profile the shipped example on the command line
	@sh setup/run.sh $(BIN)

PYTEST = $(OFFSCREEN) $(BIN) -m pytest -q
FAST = $(PYTEST) tests -n auto --dist loadfile -m "not slow and not gpu"
# Slow tests whose answers no busy neighbour changes. The others measure: one at a time.
TIMELESS = tests/worker/checks tests/attribution

# What fails keeps nothing back: one run tells all.
test: setup ## Run every test: on all cores what can, then what measures
	@status=0; $(FAST) || status=$$?; \
	$(PYTEST) $(TIMELESS) -n auto -m slow || status=$$?; \
	$(PYTEST) tests $(TIMELESS:%=--ignore=%) -m "slow or gpu" || status=$$?; exit $$status

check: lint ## Lint, types, import rules and the fast tests
	$(FAST)

lint: setup
	$(BIN) -m ruff check .
	$(BIN) -m ruff format --check .
	$(BIN) -m mypy
	$(VENV)/bin/lint-imports

bench: setup ## Measure what README claims, beside references; BENCH="budget clocks" runs a part
	$(OFFSCREEN) $(BIN) -m tests.benchmarks $(BENCH)

screenshots: setup ## Render every view to docs/screenshots
	$(OFFSCREEN) $(BIN) tools/screenshots.py

clean: ## Remove caches and what runs wrote (.venv stays; remove it by hand to begin anew)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks .import_linter_cache build dist
	rm -f bench.json layerscope-example.trace.json.gz layerscope-example.report.json
	find engine gui tests tools resources setup -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
