# Two recordings of one radio link become the same keys at both ends: `make demo`. Proof: `make test`.
PYTHON ?= python3
BIN    := .venv/bin
WORKERS ?= 2
# tests and examples find public recordings here when the folder is there; without it they skip
export SAMEFADE_DATA ?= $(wildcard $(abspath ../shared/data))

# many small matrices: threads inside one process only get into each other's way
export OMP_NUM_THREADS ?= 1

.PHONY: demo test lint study bench sizes clean

demo: .venv/.demo
	$(BIN)/samefade demo

test: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/quick_study.py
	$(BIN)/python -m pytest -n $(WORKERS)

lint: .venv/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy
	$(BIN)/lint-imports

# the paper, recomputed in full: unchanged figures are kept
study: .venv/.test
	$(BIN)/samefade study wskg2025

bench: .venv/.bench
	$(BIN)/python -m benchmarks

sizes: .venv/.demo
	$(BIN)/python scripts/sizes.py

clean:
	rm -rf .venv build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "samefade needs Python 3.11 or newer; name one with: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.demo: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[all]'
	@touch $@

.venv/.test: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ .venv/.demo

.venv/.bench: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@
