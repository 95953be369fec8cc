# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator for all integration tests, as new for each."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator import Running, running

from .harness import Ansible
from .processes import SPEED, leaping_with
from .watching import Watch, Watched


@pytest.fixture(scope="session", autouse=True)
def _watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No process of any test shows a secret."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watched, "watch", Watch(tmp_path_factory.getbasetemp().resolve()), raising=False)
        patch.setattr(subprocess, "Popen", Watched)
        yield


@pytest.fixture(scope="session")
def collection() -> Path:
    """The installed collection that Ansible finds."""
    folders = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(os.pathsep)
    found = [path for folder in folders if (path := Path(folder, "ansible_collections", "tencent", "cloud")).is_dir()]
    if not found:
        pytest.fail("ANSIBLE_COLLECTIONS_PATH leads to no tencent.cloud: run `make integration`.")
    return found[0]


@pytest.fixture(scope="session")
def process() -> Iterator[Running]:
    """A running simulator."""
    with running(**SPEED, idle_exit=600) as simulator:
        yield simulator


@pytest.fixture
def simulator(process: Running) -> Running:
    """A simulator in which nothing has happened yet: nobody has operated its instances."""
    process.faults([])
    process.world(None)
    return process


@pytest.fixture
def ansible(tmp_path: Path, simulator: Running, collection: Path) -> Ansible:
    """Ansible, ready to run."""
    return Ansible(tmp_path, simulator)


@pytest.fixture
def leaping(tmp_path: Path, collection: Path) -> Iterator[Ansible]:
    """Likewise, with a simulator on the clock of the modules, which leap over what they wait for."""
    with leaping_with(tmp_path) as (simulator, variables):
        ansible = Ansible(tmp_path, simulator)
        ansible.environment |= variables
        yield ansible
