# Everything here needs Python 3.11 or later, git and make; the rest is installed into .venv, pinned and checked by hash.
#   make demo    the whole way from an alert to its answer, without any account
#   make test    linters, types, every test
PYTHON ?=
VENV ?= .venv
python := $(VENV)/bin/python
# Only wheels are installed, so installing runs nobody's build script. The lock files name every package: nothing is resolved.
install = $(python) -m pip install -qq --disable-pip-version-check --no-input --require-hashes --no-deps --no-compile --only-binary :all:

# A stamp carries the checksum of its lock file: another branch, another stamp.
checksum = $(firstword $(shell cksum < $(1)))
run_stamp := $(VENV)/installed-$(call checksum,requirements.txt)
dev_stamp := $(VENV)/installed-dev-$(call checksum,requirements-dev.txt)

.DEFAULT_GOAL := help
.PHONY: help demo test coverage lint bench lock clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo    from an alert to its answer, without any account'
	@echo 'make test    linters, types, every test (some ten minutes on two cores)'
	@echo 'make lint    linters and types only'
	@echo 'make coverage  which lines and branches of bot/ the tests run; fails below 95 %'
	@echo 'make bench   the figures, measured on this machine, into docs/benchmarks.md'
	@echo 'make lock    recompile requirements.txt and requirements-dev.txt (UPGRADE=--upgrade for newer versions)'
	@echo 'make clean   remove .venv and what tools cached'

demo: $(run_stamp)
	@$(python) -m demo

test: lint
	$(python) -m pytest -q -n auto
	$(python) -m pytest -q -m slow -n auto --dist loadgroup

coverage: $(dev_stamp)
	@rm -rf build/coverage
	$(python) -m coverage run -m pytest -q -m '' -n auto --dist loadgroup
	$(python) -m coverage combine --quiet
	$(python) -m coverage report

lint: $(dev_stamp)
	$(python) -m ruff check --quiet .
	$(python) -m ruff format --check --quiet .
	$(python) -m mypy --no-error-summary
	$(python) -m vulture

bench: $(dev_stamp)
	$(python) -m bench

# --universal: one lock file for every platform and Python version; each line carries the condition it is meant for.
UPGRADE ?=
compile = $(UPGRADE) --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	@command -v uv >/dev/null || test -x build/uv/bin/uv || { $(find_python) && "$$python" -m venv build/uv && build/uv/bin/python -m pip install --quiet uv; }
	PATH="$$PATH:build/uv/bin" uv pip compile $(compile) --output-file requirements.txt requirements.in
	PATH="$$PATH:build/uv/bin" uv pip compile $(compile) --constraint requirements.txt --output-file requirements-dev.txt requirements-dev.in

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis

# A name on PATH is not enough: it may be too old, a shim for a version that is not there, or lack venv (Debian packs that apart).
define find_python
python= old= bare=; \
for name in $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3 python); do \
  "$$name" -c '' 2>/dev/null || continue; \
  "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { old="$$("$$name" --version 2>&1)"; continue; }; \
  "$$name" -c 'import ensurepip, venv' 2>/dev/null || { bare="$$name"; continue; }; \
  python="$$name"; break; \
done; \
if test -z "$$python"; then \
  if test -n "$$bare"; then echo "$$bare cannot make a virtual environment: install its venv package (Debian, Ubuntu: apt-get install python3-venv)."; \
  elif test -n "$$old"; then echo "Python 3.11 or later is needed; found only $$old. Install a later one, or name it: make PYTHON=/path/to/python3"; \
  else echo "No Python found$(if $(PYTHON), at $(PYTHON)). Install Python 3.11 or later, or name it: make PYTHON=/path/to/python3"; fi >&2; \
  exit 1; \
fi
endef

$(python):
	@$(find_python); \
	echo "Making $(VENV) with $$("$$python" --version) …"; \
	"$$python" -m venv --clear $(VENV)

$(run_stamp): $(python)
	@echo "Installing $$(grep -c == requirements.txt) packages into $(VENV), once …"
	@rm -f $(VENV)/installed-*
	@$(install) -r requirements.txt
	@touch $@

# requirements-dev.txt holds everything that requirements.txt holds, at the same versions.
$(dev_stamp): $(python)
	@echo "Installing $$(grep -c == requirements-dev.txt) packages into $(VENV), once …"
	@rm -f $(VENV)/installed-*
	@$(install) -r requirements-dev.txt
	@touch $(run_stamp) $@
