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

from tests.examples import MODULES
from tests.simulator import Running, running
from tests.simulator.core import Simulator

from .harness import Ansible
from .processes import on_clock, serving
from .shared_clock import SharedClock
from .watching import Watch, Watched

SPEED = {"lag_seconds": 0, "reset_seconds": 0.4}


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
    """Likewise, with a simulator on the clock of the modules, on which they sleep without that any time passes.

    For what waits for minutes. One task after the other: what sleeps at the same time would sleep too short.
    """
    clock = SharedClock(tmp_path / "leapt", leaping=True)
    with serving(Simulator(None, clock.wall, SPEED)) as url:
        ansible = Ansible(tmp_path, Running(None, int(url.rpartition(":")[2])))
        ansible.environment |= on_clock(clock, *MODULES)
        yield ansible
