# `make demo`, `make test` and `make studio` need Python 3.11 or later and nothing else. They work in .venv; Label Studio
# has .studio for itself, since the two want other versions of the same packages.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080
REPORTS := seeds/000_060b8275ecc95bc6.txt seeds/004_f6f701f2a28c6a1d.txt

.PHONY: demo test studio bench clean

demo: .venv/tagging  ## install what tagging needs, tag the two seed reports, print what is contested
	$(BIN)/annotate tag $(REPORTS) -o out

test: .venv/everything  ## install the rest, check and run all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

studio: .studio/ready .venv/labelling  ## install Label Studio and what talks to it, start it for this machine alone
	@$(BIN)/annotate studio start --port $(PORT)

bench: .venv/everything  ## speed and memory, as ratios within one run (minutes)
	$(BIN)/python tests/bench/bench.py

.venv/tagging: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/labelling: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[studio]'
	touch $@ .venv/tagging

.venv/everything: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ .venv/tagging .venv/labelling

.studio/ready: annotate/studio/start.py
	test -x .studio/bin/python || $(PYTHON) -m venv .studio
	@echo "installing Label Studio into .studio (1 GB, a minute or two)"
	.studio/bin/python -m pip install --quiet label-studio==$$(sed -n 's/^VERSION = "\(.*\)"/\1/p' annotate/studio/start.py)
	touch $@

clean:  ## everything that can be made again; what annotators did stays in studio-data
	rm -rf .venv .studio out build dist .pytest_cache .mypy_cache .ruff_cache
