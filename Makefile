# Every target sets up what it needs; `make` alone lists them.

BIN := .venv/bin
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

.PHONY: help demo test test-all unit lint types docs bench models mutate-models flows services venv lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

demo: venv ## see both halves of Stopper at work
	@$(BIN)/python tools/demo.py

test: services ## everything that must pass: lint, types, docs, tests, coverage
	@$(MAKE) lint
	@$(MAKE) types
	@$(MAKE) docs
	@$(MAKE) unit

unit: venv ## the tests alone, with coverage
	@echo "pytest"
	@rm -f .coverage .coverage.*
	@$(BIN)/python tools/unit.py
	@$(BIN)/coverage combine --quiet
	@tools/floor.sh $(BIN)/coverage

test-all: services ## the tests on every installed Python from 3.11 up
	@tools/test_all.sh

lint: venv ## ruff: format and lint
	@echo "ruff"
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .

types: venv ## mypy, strict
	@echo "mypy"
	@$(BIN)/mypy

docs: venv ## the site, into build/docs
	@echo "sphinx"
	@$(BIN)/python -m sphinx -q -n -W --keep-going -d build/doctrees docs build/docs

bench: venv ## what the guard costs a request, and how fast the audit reads
	@$(BIN)/python bench/run.py

models: ## check that every name in the analyser's models is in its library
	@tools/models.sh

flows: venv ## run ten thousand apps of random flows, and compare what the audit says of them
	@PYTHONPATH=tests $(BIN)/python -m audit.survey.flow.compare $(or $(COUNT),10000)

mutate-models: venv ## leave out one row of the models after another: does a test miss it?
	@$(BIN)/python -W ignore tools/mutate_models.py

services: ## install what the tests start: Redis, PostgreSQL, nginx, Chromium (Debian: apt)
	@tools/services.sh

venv: ## the private environment .venv, from the lock
	@tools/venv.sh .venv $(PYTHON)

lock: ## resolve requirements/dev.in into the lock requirements/dev.txt
	@tools/lock.sh

clean: ## remove all that was made here
	rm -rf .venv .venvs .cache build dist .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache
	find src tests docs examples bench tools -name __pycache__ -type d -exec rm -rf {} + 2>/dev/null || true
