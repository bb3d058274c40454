# `make demo` and `make test` need Python 3.11 or later and nothing else; both work in .venv.
PYTHON ?= python3
BIN := .venv/bin
REPORTS := seeds/000_060b8275ecc95bc6.txt seeds/004_f6f701f2a28c6a1d.txt

.PHONY: demo test lint bench clean

demo: .venv/tagging  ## install what tagging needs, tag the two seed reports, print what is contested
	$(BIN)/annotate tag $(REPORTS) -o out

test: .venv/everything  ## install the rest, check and run all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

bench: .venv/everything  ## speed and memory, as ratios within one run (minutes)
	$(BIN)/python tests/bench/bench.py

.venv/tagging: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/everything: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ .venv/tagging

clean:
	rm -rf .venv out build dist .pytest_cache .mypy_cache .ruff_cache
