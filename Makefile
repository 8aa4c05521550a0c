# Every task of the project. GNU make 3.81 (macOS) is enough; ARGS="…" passes through where a target says so.

BIN := .venv/bin
KIND := $(shell nvidia-smi -L >/dev/null 2>&1 && echo gpu || echo cpu)
VENV := .venv/.made-$(KIND)
INSTALLED := .venv/.installed-$(KIND)
DEV := .venv/.installed-dev
COMPOSE ?= docker compose
PAGE := frontend/dist/.built
PACKAGES := frontend/node_modules/.package-lock.json
PAGE_SOURCES := $(shell find frontend \( -name node_modules -o -name dist -o -name .svelte-check \) -prune -o \( -type f -o -path 'frontend/src/*' \) -print)
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(ARGS)

# npm installs and builds the page beside the installation of the Python packages; the linters run at once.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --jobs=3
endif

# Without compiled files each of some hundred processes of a test run compiles our modules again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-python up test lint lint-python lint-page test-page browser bench lock client compose-check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) $(PAGE) ## install everything into .venv and build frontend/dist
	@:

setup-python: $(INSTALLED)
	@:

up: setup ## start the board on http://127.0.0.1:8000; ARGS="--port 8123 --data-dir DIR"
	@exec $(BIN)/python -m backend.die_with_parent $$PPID TERM -- $(BIN)/epochboard up $(ARGS)

test: setup $(DEV) $(PACKAGES) ## run the whole test suite with browser tests; ARGS goes to pytest
	$(MAKE) --no-print-directory browser lint-python lint-page test-page
	CHROMIUM="$$(scripts/find-browser)" $(BIN)/pytest $(ARGS)

# Where none is installed, it is downloaded while the linters run.
browser: $(DEV)
	@scripts/find-browser >/dev/null

lint: lint-python lint-page ## run ruff, mypy, import contracts and svelte-check
	@:

lint-python: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The TypeScript compiler in Go checks the page in half the time. It leaves a component that does not exist to the build,
# and goes on checking one that was deleted, unless what it wrote before is deleted, too.
lint-page: $(PACKAGES)
	scripts/with-node npm --prefix frontend run check

test-page: $(PACKAGES)
	scripts/with-node npm --prefix frontend run test

bench: setup ## run the benchmarks, one JSON line per figure; ARGS="NAME… --photos ZIP"
	$(BIN)/python -m benchmarks $(ARGS)

compose-check: ## build and run the containers, kill one during a run; COMPOSE="docker compose" ENGINE="docker"
	@COMPOSE="$(COMPOSE)" ENGINE="$(ENGINE)" $$(scripts/find-python) -m tests.containers

client: setup ## generate frontend/src/lib/api/api.gen.ts from the API
	scripts/make-client

lock: $(INSTALLED) ## lock requirements/*.txt with hashes; ARGS=--upgrade for newer versions
	$(COMPILE) pyproject.toml requirements/build.in --extra worker -o requirements/cpu.txt
	$(COMPILE) pyproject.toml requirements/build.in --extra worker-gpu -c requirements/cpu.txt -o requirements/gpu.txt
	$(COMPILE) pyproject.toml requirements/build.in -c requirements/cpu.txt -o requirements/api.txt
	$(COMPILE) pyproject.toml requirements/build.in --extra dev -c requirements/cpu.txt -o requirements/dev.txt
	$(COMPILE) requirements/node.in -o requirements/node.txt
	$(COMPILE) requirements/uv.in -o requirements/uv.txt

$(VENV): requirements/uv.txt requirements/$(KIND).txt pyproject.toml
	@scripts/make-venv $(KIND)

$(INSTALLED): $(VENV)
	@$(BIN)/python -m scripts.install_locked $(KIND)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-index --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(INSTALLED)
	@$(BIN)/python -m scripts.install_locked dev --compile-all
	@touch $@

# Node from the locked wheel is installed by uv; where the machine has one, nothing has to wait.
$(PACKAGES): frontend/package.json frontend/package-lock.json | $(if $(shell scripts/has-node && echo 1),,$(VENV))
	@scripts/page-step "Installing the page's packages" ci
	@touch $@

$(PAGE): $(PAGE_SOURCES) $(PACKAGES)
	@scripts/page-step "Building the page" run build
	@touch $@
