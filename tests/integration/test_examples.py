# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example in the documentation of a module or inventory plugin runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.examples import INVENTORIES, MODULES, NAMESPACE, VARIABLES, arguments_of, calls, examples, inventories
from tests.permissions import EVERYBODY, INVENTORY, called, needed, permissions

from .harness import QUICK, Ansible
from .ssh_server import replace_ssh_keyscan

SOON = {**QUICK, "scan_interval": 0.1, "stable_seconds": 0.1}


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run_one_after_the_other(leaping: Ansible, module: str, tmp_path: Path) -> None:
    known = arguments_of(module)["argument_spec"]
    leaping.defaults[f"{NAMESPACE}.{module}"] = {name: value for name, value in SOON.items() if name in known}
    # The examples of ssh_host_key are about the user's own file, and about a server that is not there.
    leaping.environment |= {"HOME": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    replace_ssh_keyscan(tmp_path)
    tasks = examples(module)
    run = leaping.play(*tasks, variables=VARIABLES)
    assert run.code == 0, run.everything
    assert not run.is_noisy, run.err
    assert len(run.results) == len(tasks)
    names = {EVERYBODY, *(call[0] for task in tasks for call in calls(task))}
    documented = {permission.action for name in names for permission in permissions().get(name, [])}
    assert called(leaping.simulator.state()["calls"]) <= documented


@pytest.mark.parametrize("plugin", INVENTORIES)
def test_the_inventories_of_the_examples_have_hosts(ansible: Ansible, plugin: str) -> None:
    for options in inventories(plugin):
        ansible.simulator.world(None)
        run, hosts = ansible.inventory(options, name=f"{plugin}.yml")
        assert run.code == 0, run.everything
        assert not run.is_noisy, run.err
        assert hosts
        assert called(ansible.simulator.state()["calls"]) == needed(INVENTORY, options)
