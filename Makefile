# `make demo` and `make test` are all that a clone needs; the other targets are their parts.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.ONESHELL:
.PHONY: help demo test venv dev packages neo4j lint lock docs sample clean

PYTHON := .venv/bin/python
RESULTS := .cache/test-results.xml

# A stamp names what was installed, and where: another lock, another pyproject.toml or a moved clone installs anew.
stamp = .venv/.installed-$(1)-$(shell { cat pyproject.toml $(2); pwd -P; } | cksum | tr ' ' '-')
BASE := $(call stamp,base,requirements.lock)
DEV := $(call stamp,dev,requirements.lock requirements-dev.lock)

help: ## show this list
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' Makefile | expand -t 10

demo: $(BASE) ## load the sample province, answer every question, write the report to out/
	@.venv/bin/zhulian demo --out out

test: $(DEV) packages neo4j lint ## everything that is checked: lint, types, all tests (as root, installs what Debian has to give)
	@$(PYTHON) -m pytest -rs --junit-xml=$(RESULTS)

venv: $(BASE) ## .venv with what the program needs
dev: $(DEV) ## .venv with what the tests need too

packages: $(DEV)
	@.ci/packages

neo4j: $(DEV) packages ## fetch the Neo4j server that the tests run
	@$(PYTHON) -m tests.neo4j_server.server

lint: $(DEV) ## ruff and mypy
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy

lock: ## write the lock files from pyproject.toml; UPGRADE=1 takes newer versions
	@uv=$$(command -v .venv/bin/uv || command -v uv) || { echo "error: uv is missing: make dev installs it" >&2; exit 1; }
	compile=("$$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade))
	"$${compile[@]}" --output-file requirements.lock pyproject.toml requirements-build.in
	"$${compile[@]}" --output-file requirements-dev.lock --constraints requirements.lock --extra dev pyproject.toml requirements-build.in

docs: $(BASE) ## write docs/DATA.md from the schema
	@$(PYTHON) -m graph.schema.dictionary docs/DATA.md

sample: $(BASE) ## make data/sample again
	@$(PYTHON) data/make_sample.py

clean: ## remove what make made: .venv, .cache, out, the tools' caches (workspaces stay)
	@rm -rf .venv .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache out build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE):
	@suits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))'
	if ! $(PYTHON) -c "$$suits" 2>/dev/null; then
	    python=
	    for candidate in python3.11 python3.12 python3; do
	        if "$$candidate" -c "import ensurepip, venv; $$suits" 2>/dev/null; then python=$$candidate; break; fi
	    done
	    if [ -z "$$python" ]; then
	        echo "error: Python 3.11 or 3.12 with venv is needed: install Debian's packages python3 and python3-venv" >&2
	        exit 1
	    fi
	    "$$python" -m venv --clear .venv
	fi
	echo "Installing requirements.lock into .venv (once; a minute or two)"
	$(PYTHON) -m pip install --quiet -r requirements.lock
	$(PYTHON) -m pip install --quiet --no-deps --no-build-isolation -e .
	rm -f .venv/.installed-*
	touch $@

$(DEV): $(BASE)
	@echo "Installing requirements-dev.lock into .venv (once; a minute or two)"
	$(PYTHON) -m pip install --quiet -r requirements-dev.lock
	rm -f .venv/.installed-dev-*
	touch $@
