# Every target sets up what it needs in .venv. Where a ROS installation is sourced, its rclpy is used
# through a venv that sees the system's packages; elsewhere rclpy comes as wheels from PyPI.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# A module is compiled when it is first imported; most of torch never is.
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile

ifdef ROS_DISTRO
VENV_FLAGS  := --system-site-packages
CONSTRAINTS := constraints-ros.txt
EXTRAS      := train,record
else
VENV_FLAGS  :=
CONSTRAINTS := constraints.txt
EXTRAS      := ros,train,record
endif

.PHONY: help demo test check format docs bench peers clean

help:  ## say what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */\t/' | expand -t 10

demo: $(VENV)/run  ## train, export, and fly the pendulum over ROS 2
	$(BIN)/python -m ddpg_ros.cli demo

# By files a restarted worker may wait for work for ever, so a crash ends the tests. Those of nodes
# spend their time waiting for each other: three at once leave two cores room.
PYTEST := ROS_PYTHON_CHECK_FIELDS=1 $(BIN)/python -m pytest --dist loadfile --max-worker-restart 0 --cov

test: $(VENV)/dev  ## run every test, measure coverage
	$(PYTEST) -n 2 --ignore=tests/ros --cov-report=
	$(PYTEST) -n 3 tests/ros --cov-append --cov-report=term --cov-fail-under=90

check: $(VENV)/dev  ## format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

format: $(VENV)/dev  ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python tests/package/cited_lines.py

docs: $(VENV)/dev  ## build the documentation as a site
	$(BIN)/python -m mkdocs build --strict

bench: $(VENV)/run peers  ## measure what the README claims
	$(BIN)/python -m benchmarks

peers: $(VENV)-peers/bench  ## install what the benchmarks compare with

clean:  ## remove what make made
	rm -rf $(VENV) $(VENV)-peers demo build install log site .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*

$(VENV)/bin/python:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make a venv. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV_FLAGS) $(VENV)

$(VENV)/dev: EXTRAS := $(EXTRAS),dev,docs,test

$(VENV)/run $(VENV)/dev: setup.py package.xml $(CONSTRAINTS) | $(VENV)/bin/python
	@echo "setting up $(VENV): some minutes, torch is large"
	$(PIP) --constraint $(CONSTRAINTS) --editable ".[$(EXTRAS)]"
	@touch $(VENV)/run $@

$(VENV)-peers/bench: benchmarks/requirements-peers.txt
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --no-compile --requirement $<
	@touch $@
