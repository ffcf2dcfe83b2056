# Two commands are all that a fresh clone needs: `make run` and `make test`.
# They need Linux (macOS as best effort), Python 3.11 or newer with venv and pip, and a package
# index that pip can reach. Nothing is installed outside this folder.

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin

# The first of these that is 3.11 or newer is taken; `make run PYTHON=…` leaves no choice.
ifdef PYTHON
CANDIDATES := $(PYTHON)
else
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
endif

.PHONY: help
help:
	@echo 'make run     the whole gateway with a demo roster, on this machine; Ctrl-C stops it'
	@echo '             (PORT and WEBHOOK_TOKENS are honoured)'
	@echo 'make test    the test suite, and which lines it ran (ARGS="-k name" for some of it)'
	@echo 'make lint    ruff: style and formatting'
	@echo 'make types   mypy'
	@echo 'make lock    renew requirements/ (ARGS="--upgrade-package ruff" for one of them)'
	@echo 'make bench   the figures (ARGS="--quick --only hopping", --json for a machine)'
	@echo 'make clean   remove what these made, except the data in var/'

# One simple command, so that make runs it without a shell in between: a signal to make
# reaches the demo, which stops what it started.
.PHONY: run
run: $(BIN)/.installed-demo
	@$(BIN)/kibaru demo

# The whole suite is measured as well: which lines ran, and whether they are enough. A part of it
# (ARGS) is not, since it leaves lines out on purpose. SlipCover is there before pytest can
# rewrite its assertions, of which pytest would warn.
ifeq ($(strip $(ARGS)),)
MEASURE := -m slipcover
UNREWRITTEN := -W ignore::pytest.PytestAssertRewriteWarning
COVERAGE := $(BIN)/python -m tests.coverage
endif

# Half of what the suite takes is waiting for processes, so four workers keep two cores busy.
# What belongs together, and what looks at the clock, is marked with `xdist_group`. An empty
# PYTHONDONTWRITEBYTECODE counts as none: each worker would compile every file again.
SUITE := -m pytest -n 4 --dist loadgroup

.PHONY: test
test: $(BIN)/.installed-dev
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python $(MEASURE) $(SUITE) $(UNREWRITTEN) $(ARGS)
	@$(COVERAGE)

.PHONY: lint
lint: $(BIN)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: types
types: $(BIN)/.installed-dev
	@$(BIN)/mypy

.PHONY: bench
bench: $(BIN)/.installed-dev
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: clean
clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed once, and again when pyproject.toml or the lock changes: the locked versions by their
# hashes, wheels only, since building one would fetch tools that no lock holds; then the checkout
# itself, which is linked, not copied, so a change of code needs no installation. `dev` includes
# `demo`.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LINK := $(PIP) install --no-deps --no-build-isolation --editable .

$(BIN)/.installed-demo: pyproject.toml requirements/demo.txt | $(BIN)/python
	@echo 'Installing Kibaru into .venv (once; about a minute)'
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements/demo.txt
	@$(LINK)
	@touch $@

$(BIN)/.installed-dev: pyproject.toml requirements/dev.txt | $(BIN)/python
	@echo 'Installing Kibaru and its development tools into .venv (once; about a minute)'
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements/dev.txt
	@$(LINK)
	@touch $(BIN)/.installed-demo $@

# For every platform and for every Python from the oldest that pyproject.toml allows. The lock
# of `run` starts from that of the developers, so that both hold the same versions. The tool
# lives in a folder of its own and goes with it: only who renews the lock needs it.
UV = "$$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --only-binary :all: --custom-compile-command 'make lock' --group build pyproject.toml

.PHONY: lock
lock: $(BIN)/python
	@tool=$$(mktemp -d) && trap 'rm -rf "$$tool"' EXIT && \
	$(BIN)/python -m venv "$$tool" && \
	"$$tool/bin/python" -m pip --quiet --disable-pip-version-check install 'uv>=0.9,<1' && \
	$(UV) --extra dev $(or $(ARGS),--upgrade) --output-file requirements/dev.txt && \
	cp requirements/dev.txt requirements/demo.txt && \
	$(UV) --extra demo --output-file requirements/demo.txt

$(BIN)/python:
	@trap 'rm -rf .venv; exit 130' INT TERM; \
	for python in $(CANDIDATES); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        "$$python" -m venv --clear .venv && exit 0; \
	        rm -rf .venv; \
	        echo "Kibaru: $$python could not make a virtual environment; it needs venv and pip" >&2; \
	        exit 1; \
	    fi; \
	done; \
	echo 'Kibaru needs Python 3.11 or newer, and none of these is: $(CANDIDATES)' >&2; \
	echo 'Install one, or name it: make run PYTHON=/path/to/python3' >&2; \
	exit 1
