# Two commands matter: `make run` and `make test`. `make help` shows the rest.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PYTEST := $(PY) -m pytest -p tests.skips
# Two processes, a file's tests together; in the order of the folders, so that long stories begin early and short tests fill the end.
TWO    := -n 2 --dist loadfile --no-loadscope-reorder

# Tests start hundreds of processes: each loads what the first has compiled, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help prerequisites setup run test test-tools check types style locks law seasons pictures bench bench-check lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

prerequisites:
	@command -v git >/dev/null || { echo "git is missing: sudo apt-get install -y git"; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: sudo apt-get install -y python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V): sudo apt-get install -y python3.11 python3.11-venv && make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing: sudo apt-get install -y python3-venv"; exit 1; }

$(VENV)/.runtime: requirements.lock | prerequisites
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the programme needs into $(VENV) (once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what the tests need into $(VENV) (once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.runtime ## build .venv from the lock file, nothing else

run: $(VENV)/.runtime ## start the demonstration season on this machine
	@$(PY) run_engine.py demo $(ARGS)

# Exit code 5 of pytest means that a selection holds no test; that is no failure.
test: $(VENV)/.dev ## all tests (what is skipped is said at the end)
	@failed=0; run() { "$$@" || [ $$? -eq 5 ] || failed=1; }; \
	run $(PYTEST) $(TWO) -m "not browser" $(ARGS); \
	run $(PYTEST) $(TWO) -m browser $(ARGS); \
	exit $$failed

test-tools: $(VENV)/.dev ## install Chromium, PostgreSQL and fonts (Debian) for the tests that need them
	@.ci/tools

check: types style locks law seasons ## style, types, import law, locks, processes/*

types: $(VENV)/.dev
	$(PY) -m mypy

style: $(VENV)/.dev
	$(PY) -m ruff check .

locks: $(VENV)/.dev
	$(PY) .ci/lock.py check

law: $(VENV)/.dev
	$(PY) -m pytest -q tests/test_architecture.py tests/test_docs.py

seasons: $(VENV)/.dev
	$(PY) run_engine.py check processes/*

pictures: $(VENV)/.dev ## draw the pictures of docs/pictures anew (needs Chromium: make test-tools)
	@$(PY) -m tests.browser.pictures $(ARGS)

bench: $(VENV)/.dev ## each measured figure beside its budget
	@$(PY) -m benchmarks $(ARGS)

bench-check: $(VENV)/.dev ## fail on the figures that do not depend on the machine's mood
	@$(PY) -m benchmarks --check $(ARGS)

lock: ## resolve requirements*.lock anew from pyproject.toml
	@$(PY) .ci/lock.py write
