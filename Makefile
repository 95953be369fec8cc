# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs Python 3.10 or later, git and make; everything else is installed under .cache/.
PYTHON ?= python3
GROUPS_OF_CHECKS := unit sdk integration role sanity lint
CHECKS := mypy ruff format yamllint ansible-lint antsibull-docs changelog reuse galaxy-importer

.DEFAULT_GOAL := help
.PHONY: help test demo list clean $(GROUPS_OF_CHECKS) $(CHECKS)

help:
	@echo 'make test            every check there is'
	@echo 'make demo            reinstall an instance of the simulator, then a real server, from a build of the collection'
	@echo 'make list            the table of checks'
	@echo 'make clean           drop environments, logs and copies (.cache/)'
	@echo 'make GROUP or CHECK  some of the checks: $(GROUPS_OF_CHECKS) $(CHECKS)'

test:
	@$(PYTHON) -m tests.checks

demo:
	@$(PYTHON) -m demo

list:
	@$(PYTHON) -m tests.checks --list

clean:
	rm -rf .cache

$(GROUPS_OF_CHECKS) $(CHECKS):
	@$(PYTHON) -m tests.checks $@
