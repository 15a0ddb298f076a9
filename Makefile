# Needs GNU make, a POSIX shell, Python 3.11 or newer and the Python package registry. `make` lists the targets.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.NOTPARALLEL:

PORT ?= 8000
ARGS ?=
# How many processes the tests use.
JOBS ?= 2
# The Python that makes the environment: the first of these that is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
MESSAGES := $(wildcard */locale/*/LC_MESSAGES/django.po graphql/*/locale/*/LC_MESSAGES/django.po config/overrides/*/LC_MESSAGES/*.po)
COMPILED := $(MESSAGES:.po=.mo)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := $(PY) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
SCHEMA := graphql/schema.graphql

##@ Start
.PHONY: help demo setup
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@printf '\nVariables: PORT=%s (demo), ARGS="…" (more arguments for pytest), JOBS=%s (test processes), PYTHON=…\n' '$(PORT)' '$(JOBS)'

demo: $(RUNTIME) $(COMPILED) ## A filled portal on http://127.0.0.1:$(PORT); the second start takes seconds
	@$(PY) manage.py demo --port '$(PORT)'

setup: $(DEV) $(COMPILED) ## Everything for developing, in .venv

##@ Test
.PHONY: test test-thorough test-postgresql test-browser bench ci
test: setup ## The test suite on SQLite, without what takes longest
	DATABASE_URL= $(PY) -m pytest -n $(JOBS) -m 'not browser and not thorough' $(ARGS)

test-thorough: setup ## What `make test` leaves out, on SQLite
	DATABASE_URL= $(PY) -m pytest -n $(JOBS) -m 'thorough and not browser' $(ARGS)

test-postgresql: setup ## All of it on a private PostgreSQL, started for it
	scripts/postgres.sh run $(PY) -m pytest -n $(JOBS) -m 'not browser' $(ARGS)

test-browser: setup ## The portal and the admin in a real Chromium
	DATABASE_URL= $(PY) -m pytest -m browser tests/browser $(ARGS)

bench: setup ## Benchmarks against bare SQL on a private PostgreSQL; prints ratios
	scripts/postgres.sh run $(PY) -m benchmarks $(ARGS)

ci: ## What continuous integration runs (as root on Debian it installs the engines)
	bash .ci/run

##@ Check
.PHONY: check lint types layers django-check schema-check messages-check docs-check
check: lint types layers django-check schema-check messages-check docs-check ## All checks below

lint: $(DEV) ## Style and format (ruff)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(DEV) ## Types (mypy --strict)
	$(PY) -m mypy

layers: $(DEV) ## A lower layer never imports a higher one (import-linter)
	PYTHONPATH=.:graphql $(PY) -c 'from importlinter.cli import lint_imports_command as run; run()' --no-logo

django-check: $(DEV) ## System checks; no model change without its migration
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run

schema-check: $(DEV) ## graphql/schema.graphql is what the code serves
	@$(PY) manage.py export_schema subgraph.schema --path $(VENV)/schema.graphql
	@diff -u $(SCHEMA) $(VENV)/schema.graphql || { echo "$(SCHEMA) is not current: run 'make schema' and read the diff."; exit 1; }

messages-check: $(DEV) ## Every string of the interface has its Russian
	$(PY) -m scripts.messages check

docs-check: $(DEV) ## Generated parts of the documentation are current
	$(PY) -m scripts.environment --check

##@ Write
.PHONY: format schema messages screenshots docs lock upgrade clean distclean
format: $(DEV) ## Format the code and mend what ruff can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

schema: $(DEV) ## Write graphql/schema.graphql from the code
	$(PY) manage.py export_schema subgraph.schema --path $(SCHEMA)

messages: $(DEV) ## Bring the message catalogues up to date; prints what is left to translate
	$(PY) -m scripts.messages update
	$(PY) -m scripts.messages compile

screenshots: setup ## Take the pictures in docs/images with Chromium
	$(PY) -m scripts.screenshots

docs: $(DEV) ## Write the generated parts of the documentation
	$(PY) -m scripts.environment

lock: $(DEV) ## Lock what pyproject.toml asks for, keeping the versions that still fit
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock

upgrade: $(DEV) ## Lock again with the newest versions that fit
	$(LOCK) --upgrade -o requirements.lock
	$(LOCK) --upgrade --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove caches and compiled files
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist $(COMPILED)
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean ## Also remove .venv and the demonstration's data (var/)
	rm -rf $(VENV) var

# --- files

$(PY):
	@test -n '$(PYTHON)' || { echo "Python 3.11 or newer is needed; found: $$(python3 --version 2>&1 || true). Install it or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$('$(PYTHON)' --version 2>&1)."; exit 1; }
	@echo "Making $(VENV) with $$('$(PYTHON)' --version)"
	@'$(PYTHON)' -m venv --clear $(VENV) || { rm -rf $(VENV); echo "Python's venv module failed (Debian: apt-get install python3-venv)."; exit 1; }

# The stamps are made last, so what was interrupted is done again.
$(RUNTIME): requirements.lock | $(PY)
	@echo "Installing the packages of $< (about a minute)"
	@$(PIP) -r $<
	@touch $@

# The second lock contains the first.
$(DEV): requirements-dev.lock requirements.lock | $(PY)
	@echo "Installing the packages of $< (about a minute)"
	@$(PIP) -r $<
	@touch $(RUNTIME) $@

%.mo: %.po | $(RUNTIME)
	@$(PY) -m scripts.messages compile $<
