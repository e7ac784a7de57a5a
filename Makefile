.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev setup-saml test check check-code matrix exhaustive mutants races chaos drill migrations fuzz bench pins outdated clean
SHELL := /bin/sh
BIN := .venv/bin
TESTS ?= tests

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## */  make \1 — /p' Makefile

run: setup  ## set up, start everything, print the address (PORT=8000)
	@exec $(BIN)/python -m diplomacy.run

setup: .venv/.product assets/.stamp  ## the virtual environment and front-end assets
setup-dev: setup .venv/.dev
setup-saml: setup  ## what signing in with a state's account needs on top (SAML_PROVIDERS_FILE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-saml.txt

.venv/bin/python:
	@sh deploy/make-venv .venv

.venv/.product: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.product
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

assets/.stamp: package.json package-lock.json diplomacy/assets.py diplomacy/lib/atlas.py | .venv/.product
	$(BIN)/python -m diplomacy.assets
	@touch $@

test: setup-dev  ## every test, browser tests included; each page as one person (TESTS=tests/accounts for some; SLOW_BROWSER=700: milliseconds a page takes longer)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS) $(TESTS)

check: check-code  ## what CI runs: the checks of the code, then make test with each page as everybody
	LOOKS=all $(MAKE) test

check-code: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --profile django --lint templates
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile
	sh deploy/check-production

matrix: setup-dev  ## every address × person × method × state × record against the oracle (half an hour)
	MATRIX=full $(BIN)/python -m pytest -n 0 -q -s -k covers $(PYTEST_ARGS) tests/access/matrix/test_matrix.py
	MATRIX=full $(BIN)/python -m pytest -n 2 --timeout 3600 $(PYTEST_ARGS) tests/access/matrix

exhaustive: matrix  ## the matrix, and every hostile value in every field of the API
	HOSTILE=full $(BIN)/python -m pytest -n 2 --dist worksteal --timeout 3600 $(PYTEST_ARGS) tests/api/test_hostile.py

mutants: setup-dev  ## each visible_to and each policy of PostgreSQL taken away, and each policy true for all: who noticed
	MUTANTS=full $(BIN)/python -m pytest -n 0 -s --timeout 3600 $(PYTEST_ARGS) tests/access/matrix/mutants.py tests/access/matrix/test_policies.py

races: setup-dev  ## RACES=50000 requests of many people over two connections, directly and through PgBouncer (PGBOUNCER=path)
	RACES=$${RACES:-50000} $(BIN)/python -m pytest -n 0 -s --timeout 14400 $(PYTEST_ARGS) tests/walls/test_races.py

chaos: setup-dev  ## CHAOS=500 kills of web, worker, relay, broker and PostgreSQL under load: what was lost, what was doubled
	CHAOS=$${CHAOS:-500} CHAOS_POSTGRES=var/chaos LOG_LEVEL=WARNING $(BIN)/python -m diplomacy.embedded --at var/chaos -- \
		$(BIN)/python -m pytest -n 0 -s --timeout 14400 $(PYTEST_ARGS) tests/activity/test_chaos.py

drill: setup-dev  ## a backup restored into a new cluster, and a mishap undone from the WAL, with DRILL=100000 rows: recovery time, what was lost
	DRILL=$${DRILL:-100000} LOG_LEVEL=WARNING $(BIN)/python -m pytest -n 0 -s --timeout 7200 $(PYTEST_ARGS) tests/walls/test_drill.py

migrations: setup-dev  ## every migration on MIGRATIONS=1000000 engagements that are in use: how long a writer waited, at most 500 ms
	MIGRATIONS=$${MIGRATIONS:-1000000} LOG_LEVEL=WARNING $(BIN)/python -m diplomacy.embedded --at var/migrations --fast -- \
		$(BIN)/python -m pytest -n 0 -s --timeout 7200 -k on_full_tables $(PYTEST_ARGS) tests/tooling/test_locks.py

fuzz: setup-dev  ## FUZZ=100000 requests made from the API's own description as everybody, and a twentieth as many texts for each of our parsers
	FUZZ=$${FUZZ:-100000} LOG_LEVEL=CRITICAL $(BIN)/python -m pytest -n 0 -s --timeout 14400 $(PYTEST_ARGS) tests/fuzz

bench: setup-dev  ## the figures of docs/performance.md (PARTS="wall search" for some; BENCH_DATA=folder for screening)
	$(BIN)/python -m diplomacy.embedded --at var/bench --fast -- $(BIN)/python -m benchmarks
	$(BIN)/python -m diplomacy.embedded --at var/bench-overlaps --fast -- $(BIN)/python -m benchmarks.overlaps

pins: setup-dev  ## compile requirements*.txt from requirements*.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -o requirements.txt requirements.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -o requirements-saml.txt requirements-saml.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -o requirements-dev.txt requirements-dev.in

outdated: setup-dev  ## which pins have a newer version (docs/dependencies.md says how soon they are taken)
	@for name in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links $$name.in \
			| grep -o '^[^ ]*==[^ ]*' | sort > var/newest; \
		grep -o '^[^ ]*==[^ ]*' $$name.txt | sort | comm -3 - var/newest; \
	done; rm -f var/newest

clean:  ## remove all that make made; the data in var/ stays
	rm -rf .venv assets node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
