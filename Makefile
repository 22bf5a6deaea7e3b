# `make` alone lists what can be done. Needs python3 (3.11 or newer); everything else is set up as it is needed.

PYTHON = .venv/bin/python
BIN = .venv/bin
SOURCES = manage.py tools site store content plugins tests

.NOTPARALLEL:
.PHONY: help setup setup-tests demo demo-reset test test-all lint bench torture format lock

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

# `exec`: make's own child is then the program, and a signal to make reaches it.
demo: setup ## Run the store on this machine (PORT=8123 make demo: elsewhere than on port 8000)
	@exec $(PYTHON) -m creditstore_site.demo

demo-reset: setup ## Throw the demo's data away
	@exec $(PYTHON) -m creditstore_site.demo reset

test: setup-tests lint ## Check and test everything (REQUIRE_BROWSER=1: a missing browser is a failure)
	$(PYTHON) -m pytest -n 2 --dist loadgroup -m "not slow" $(PYTEST_ARGS)

test-all: setup-tests lint ## As test, with the tests that take longer
	$(PYTHON) -m pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

lint: setup ## Style, templates, import arrows, types
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/djlint --quiet --lint site content plugins
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy site store content plugins tools

bench: setup-tests ## Measure the store beside a bare view and plain django-oscar (15 minutes; a quiet machine)
	@exec env PYTHONPATH=tools $(PYTHON) -m creditstore_bench

torture: setup-tests ## Try hard to break the store: PART=buyers,crashes,replay,scaling SEED=... (two hours, all of it)
	@exec env PYTHONPATH=tools $(PYTHON) -m creditstore_torture

format: setup ## Rewrite the code in the project's style
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

lock: setup ## Renew requirements/*.txt (LOCK_ARGS=--upgrade: to the newest versions)
	@$(BIN)/uv --version >/dev/null 2>&1 || $(PYTHON) -m pip install --quiet uv
	$(PYTHON) tools/lock.py $(LOCK_ARGS)

setup:
	@tools/setup.sh

setup-tests:
	@tools/setup.sh tests
