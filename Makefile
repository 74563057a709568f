# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) not found; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

install: $(RUNTIME) ## set up .venv with what the server needs

run: $(RUNTIME) ## migrate, load the demo, serve on http://127.0.0.1:8000 (SQLite, no service)
	$(BIN)/obole migrate
	$(BIN)/obole demo --if-empty
	OBOLE_PUBLIC_URL="$${OBOLE_PUBLIC_URL:-http://$(HOST):$(PORT)}" $(BIN)/obole serve --host $(HOST) --port $(PORT)

system: $(DEV)
	@$(BIN)/python scripts/system.py

test: $(DEV) system ## every test, real PostgreSQL and Chromium included
	$(BIN)/python -m pytest $(ARGS)

check: $(DEV) ## format, lint, types, floors, fresh SDL, fresh widget build
	$(BIN)/ruff format --check app tests benchmarks scripts
	$(BIN)/ruff check app tests benchmarks scripts
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/obole export-schema --check
	$(BIN)/python scripts/widgets.py --check

bench: $(DEV) ## the benchmarks (several minutes; ARGS=--small for a quick look)
	$(BIN)/python -m benchmarks $(ARGS)
	$(BIN)/python -m benchmarks.live $(ARGS)
	$(BIN)/python -m benchmarks.live.soaks $(ARGS)

format: $(DEV) ## let ruff rewrite
	$(BIN)/ruff format app tests benchmarks scripts
	$(BIN)/ruff check --fix app tests benchmarks scripts

lock: $(DEV) ## renew the hash-locked requirements from pyproject.toml
	$(BIN)/python scripts/lock.py

widgets: $(DEV) ## build what browsers load into app/web/static
	$(BIN)/python scripts/widgets.py

.PHONY: help install run system test check bench format lock widgets
