# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs Python 3.10 or later, git and make; everything else is installed under .cache/.
PYTHON ?= python3
HOME_OF_NOX := .cache/venv/nox
NOX := $(HOME_OF_NOX)/bin/python -m nox
GROUPS_OF_CHECKS := unit sdk integration role sanity lint

.DEFAULT_GOAL := help
.PHONY: help test matrix quick demo docs audit release list clean $(GROUPS_OF_CHECKS)

help:
	@echo 'make test            every check there is'
	@echo 'make matrix          every supported ansible-core, Python and requests, one row each; longer than make test'
	@echo 'make quick           what tells most within two minutes: unit tests, ruff, mypy'
	@echo 'make demo            reinstall an instance of the simulator, then a real server, from a build of the collection'
	@echo 'make picture         draw docs/demo.svg, the picture of the README, from a run of make demo; on Linux, as root'
	@echo 'make bench           measure what things cost (docs/performance.md), with nothing else running; half an hour'
	@echo 'make docs            build the site of the documentation: .cache/docs/index.html'
	@echo 'make audit           ask for known vulnerabilities of what the checks install; needs the internet'
	@echo 'make release         VERSION=1.2.3: version, changelog and archive of a release, proved; commits nothing'
	@echo 'make list            the table of checks'
	@echo 'make clean           drop environments, logs and copies (.cache/)'
	@echo 'make GROUP or CHECK  some of the checks; the groups are $(GROUPS_OF_CHECKS)'

test: $(HOME_OF_NOX)/ready
	@$(NOX) --report .cache/report.json

matrix: $(HOME_OF_NOX)/ready
	@$(NOX) --tags matrix --report .cache/matrix.json

quick $(GROUPS_OF_CHECKS): $(HOME_OF_NOX)/ready
	@$(NOX) --tags $@

demo: $(HOME_OF_NOX)/ready
	@$(NOX) --parallel 1 --sessions demo

# A folder has this name too.
docs: $(HOME_OF_NOX)/ready
	@$(NOX) --sessions docs

audit: $(HOME_OF_NOX)/ready
	@$(NOX) --sessions audit

release: $(HOME_OF_NOX)/ready
	@$(NOX) --sessions release -- '$(VERSION)'

list: $(HOME_OF_NOX)/ready
	@$(NOX) --list

clean:
	rm -rf .cache

# Any other word is the name of a check.
.DEFAULT:
	@$(MAKE) --no-print-directory --silent $(HOME_OF_NOX)/ready
	@$(NOX) --sessions $@

$(HOME_OF_NOX)/ready: tests/requirements/nox.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or later is needed: make PYTHON=...")'
	@$(PYTHON) -m venv --clear $(HOME_OF_NOX)
	@$(HOME_OF_NOX)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
