# hoso. `make demo` and `make test` do all their own set-up.
PYTHON ?= python3
UV     ?= uv
VENV   := .venv
BIN    := $(VENV)/bin
PY     := $(BIN)/python
# Files are compiled when they are installed, not on the first command of a member of staff.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test lint types contracts unit alone offices sides rim counted-parts counted-offices coverage scenarios docs docs-first docs-rest bench peers cluster mutants fuzz faults lock sbom audit papers diagrams clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

# A stamp stands for "the lock file's packages are installed".
$(PY):
	$(PYTHON) -c 'import sys; sys.exit("hoso needs Python 3.11 or newer; try: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

# Of what the tests need, each process that is first to import a file compiles it: most are never imported.
$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.runtime  ## the program in .venv
setup-dev: $(VENV)/.dev  ## the program and what its tests need

demo: setup  ## the main job from end to end, in a new folder
	$(PY) tools/demo.py

# Three at a time, the longest first; what CI runs. Two would be as many as there are processors, but tests wait for their servers,
# clocks and disks for a sixth of the time. Where make can, it prints what one says after the other. The pages of docs, `demo` and
# `scenarios` want the program alone and begin while the rest is installed.
TOGETHER = $(MAKE) --no-print-directory -j3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
test:  ## everything that must hold before a change is taken
	$(TOGETHER) counted-offices offices sides rim counted-parts docs-rest types docs-first demo scenarios lint contracts coverage
	$(MAKE) --no-print-directory alone

lint: setup-dev  ## style, known unsafe habits, and whether the packages are the ones that were chosen
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/bandit -q -c pyproject.toml -r workflow storage cli.py
	$(PY) tools/dependencies.py

types: setup-dev  ## types, strictly
	$(BIN)/mypy

contracts: setup-dev  ## who may import whom
	$(BIN)/lint-imports

unit: setup-dev  ## the tests without files and databases: seconds
	$(PY) -m pytest tests/unit

# Their files are named: to look through all the others for three tests would take longer than the three, and a processor would be idle.
BARE = $(sort $(shell grep -rlF --include='test_*.py' mark.bare tests))
alone: setup-dev  ## the tests that measure time or limit their process
	$(PY) -m pytest -m 'bare and not long' $(BARE)

# Counted: the tests of parts, the command line, the database, and of whole offices those that the floors want; each of the
# others would take two or three times as long for lines that these run through already. What is not counted makes no room look fuller.
OFFICES = amending disposal doctor dues explain migration paper_lives recording registers reorganising responsibility senders unwritable
UNCOUNTED = $(patsubst %,tests/cli/test_%.py,bad_input day disk finding look not_utf8 outsider schema sharing streams) \
	$(patsubst %,tests/storage/test_store_%.py,claims copying crash faults fence guards lists outbox postgres postgres_errors reading \
	remembered turns) \
	$(patsubst %,tests/unit/%.py,authoring/test_compile_any documents/test_validators office/test_ledger test_calendar_oracle test_plain \
	$(patsubst %,engine/test_%,agency_laws rules rules_time used_time))
COUNTED = $(filter-out $(UNCOUNTED),$(sort $(shell find tests/unit tests/cli tests/storage -name 'test_*.py'))) $(patsubst %,tests/app/test_%.py,$(OFFICES))
OFFICES_AT_WORK = $(filter-out $(COUNTED),$(wildcard tests/app/test_*.py))
RIM = tests/definitions tests/architecture tests/fuzz $(filter tests/unit/%,$(UNCOUNTED))
offices: setup-dev  ## offices at work: the worker, crashes, many at once
	$(PY) -m pytest -m 'not bare and not long' $(OFFICES_AT_WORK)

sides: setup-dev  ## commands and databases on full disks, by other logins, in many processes
	$(PY) -m pytest -m 'not bare and not long' $(filter tests/cli/% tests/storage/%,$(UNCOUNTED))

rim: setup-dev  ## the procedures, the gallery, the cookbook; the house; what is made at random
	$(PY) -m pytest -m 'not bare and not long' $(RIM)

# Counted in two halves, that may run beside each other, each into a folder of its own.
HALF = build/coverage/$@
COUNT = rm -rf $(HALF) && mkdir -p $(HALF) && $(PY) -m coverage run --data-file=$(HALF)/data -m pytest -m 'not bare and not long'
counted-parts: setup-dev
	$(COUNT) $(filter tests/unit/%,$(COUNTED))
counted-offices: setup-dev
	$(COUNT) $(filter-out tests/unit/%,$(COUNTED))
coverage: counted-offices counted-parts  ## the other tests, and how much of each room they run through
	$(PY) -m coverage combine --quiet build/coverage/counted-offices build/coverage/counted-parts
	$(PY) -m coverage json --quiet -o build/coverage/report.json
	$(PY) tools/floors.py build/coverage/report.json

scenarios: setup  ## the procedures that ship: nothing is wrong, every scenario holds, every transition is in one
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(BIN)/hoso init "$$folder/office" --practice >"$$folder/said" 2>&1 || { cat "$$folder/said"; exit 1; }; \
	$(BIN)/hoso --office "$$folder/office" process check

diagrams: setup  ## the pictures of procedures in docs/pictures
	$(PY) tools/diagrams.py

# In two halves, that may run beside each other.
FIRST = README.md docs/tutorial.md
docs: docs-rest docs-first  ## the commands in README.md and docs/, run as they stand there
docs-first: setup
	$(PY) tools/doc_blocks.py $(FIRST)
docs-rest: setup
	$(PY) tools/doc_blocks.py $(filter-out $(FIRST),$(sort $(shell find docs -name '*.md')))

# SMALL=1 runs each with few cases, only to see that it runs.
bench: setup-dev  ## how fast (SMALL=1: only whether the benches run)
	@for file in $(filter-out bench/peers.py,$(sort $(wildcard bench/[a-z]*.py))); do echo "== $$file"; SMALL=$(SMALL) $(PY) "$$file" || exit 1; done
	@echo "== beside other engines: make peers"

# In an environment of its own, that nothing else looks at: hoso needs none of them.
PEERS = build/peers
$(PEERS)/.installed: requirements/peers.txt
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@touch $@
peers: setup-dev $(PEERS)/.installed  ## how fast other engines do the same (SMALL=1: only whether they run)
	SMALL=$(SMALL) $(PY) bench/peers.py

cluster: setup-dev  ## the database's leader killed and cut off ten times at random, nothing lost (root, Debian; says what it wants)
	$(PY) -m bench.cluster.run

mutants: setup-dev  ## do the unit tests notice 200 small faults in engine and language?
	$(PY) tools/mutants.py

# SEED=… runs the same cases again.
MINUTES ?= 10
fuzz: setup-dev  ## definitions of every wrong kind, for ten minutes (MINUTES=…, SECONDS=…)
	MINUTES=$(MINUTES) SECONDS=$(SECONDS) SEED=$(SEED) $(PY) -m pytest -m long tests/fuzz

faults: setup-dev  ## the long tests: crashes at every instant, many processes at once, procedures played at random
	$(PY) -m pytest -m long --ignore=tests/fuzz
	HOSO_TEST_TIMES=10 $(PY) -m pytest -m 'random and not long' tests/unit

sbom: setup-dev  ## what the program is made of, as CycloneDX: build/sbom.json
	mkdir -p build
	$(PY) tools/sbom.py build/sbom.json

# In an environment of its own: what looks for weaknesses is not what the program is tested with.
AUDIT = build/audit
# Nobody installs the peers who uses hoso: a weakness of theirs is none of its own.
LOCKED = $(filter-out requirements/peers.txt,$(wildcard requirements/*.txt))
audit:  ## are weaknesses of the pinned packages known, was a release taken back? (wants a network: 1 if nobody answers)
	$(PYTHON) -m venv --clear $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.txt
	$(AUDIT)/bin/python tools/dependencies.py --yanked $(LOCKED)
	$(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off $(LOCKED:%=-r %)

papers: setup-dev  ## pictures of the papers, to compare with the decrees
	$(PY) tools/papers.py

LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
lock:  ## choose packages anew: requirements/*.txt (wants uv)
	printf 'hatchling\neditables\n' | $(LOCK) --no-annotate - -o requirements/build.txt
	$(LOCK) pyproject.toml -o requirements/runtime.txt
	$(LOCK) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	printf 'pip-audit\n' | $(LOCK) --no-annotate - -o requirements/audit.txt
	printf 'dbos\ndjango\ndjango-fsm-2\ndjango-viewflow\npython-statemachine\nspiffworkflow\nsqlalchemy\n' | $(LOCK) --no-annotate - -o requirements/peers.txt
	! grep -n '://' requirements/*.txt

clean:  ## what was made, but not .venv
	rm -rf build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
