.PHONY: assess test bench lint help
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 10

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	@touch $@

assess: .venv/installed  ## assess the shipped cases and print their scorecards
	$(BIN)/carbonledger assess china-2020-2023
	$(BIN)/carbonledger assess shandong-2014
	$(BIN)/carbonledger assess weicheng-2025

test: .venv/installed  ## run the whole test suite
	$(BIN)/python -m pytest -q -n 2 --benchmark-disable

bench: .venv/installed  ## run the benchmarks and write their tables and picture into benchmarks/
	@mkdir -p .benchmarks
	$(BIN)/python -m pytest -q benchmarks --benchmark-only --benchmark-json=.benchmarks/last.json
	$(BIN)/python benchmarks/table.py .benchmarks/last.json
	$(BIN)/python benchmarks/plots.py .benchmarks/last.json

lint: .venv/installed  ## style, types, floors
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
