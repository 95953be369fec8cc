# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment, as far as it can be made without a container engine: everything but the image itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from .harness import Ansible


@pytest.fixture
def archive(collection: Path) -> Path:
    """The archive that the installed collection comes from."""
    (found,) = collection.parents[2].with_name("dist").glob("*.tar.gz")
    return found


def names(text: str) -> set[str]:
    """The first word of each line."""
    return {line.split()[0] for line in text.splitlines() if line.strip()}


def test_what_the_collection_needs_is_found(ansible: Ansible, collection: Path) -> None:
    run = ansible.command("ansible-builder", "introspect", str(collection.parents[2]))
    assert run.code == 0, run.everything
    found = yaml.safe_load(run.out)
    assert names("\n".join(found["python"])) == {"requests", "urllib3"}
    assert names("\n".join(found["system"])) == {"openssh-clients", "openssh-client"}


def test_the_context_of_the_image(ansible: Ansible, collection: Path, archive: Path) -> None:
    """By the commands of its container file: Galaxy installs the archive, and what that needs comes with it."""
    shutil.copy(collection / "playbooks" / "awx" / "execution-environment.yml", ansible.folder)
    shutil.copy(archive, ansible.folder / "tencent-cloud.tar.gz")
    run = ansible.command("ansible-builder", "create", "--output-filename", "Containerfile")
    assert run.code == 0, run.everything
    context = ansible.folder / "context"
    steps = (context / "Containerfile").read_text(encoding="utf-8")
    install = "ansible-galaxy collection install $ANSIBLE_GALAXY_CLI_COLLECTION_OPTS -r requirements.yml"
    introspect = "introspect.py introspect --user-bindep=bindep.txt"
    assert install in steps
    assert introspect in steps
    assert "WORKDIR /build" in steps

    build = context / "_build"
    target = str(ansible.folder / "target")
    arguments = ("collection", "install", "--offline", "-r", "requirements.yml", "--collections-path", target)
    # Galaxy must not find it installed already.
    installed = Ansible(build, ansible.simulator).command("ansible-galaxy", *arguments, ANSIBLE_COLLECTIONS_PATH=target)
    assert installed.code == 0, installed.everything
    wanted = [str(ansible.folder / name) for name in ("requirements.txt", "bindep.txt")]
    found = ansible.command(
        "python",
        str(build / "scripts" / "introspect.py"),
        "introspect",
        f"--user-bindep={build / 'bindep.txt'}",
        f"--write-pip={wanted[0]}",
        f"--write-bindep={wanted[1]}",
        target,
    )
    assert found.code == 0, found.everything
    written = names("\n".join(Path(file).read_text(encoding="utf-8") for file in wanted))
    assert {"requests", "openssh-clients", "sshpass"} <= written
