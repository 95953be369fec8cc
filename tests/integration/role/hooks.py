# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of hooks that note what ran, and how to read the notes."""

from __future__ import annotations

from typing import Any

from .servers import Controller

USE = {"name": "Use the new system", "ansible.builtin.command": "id -un", "changed_when": False}


def noting(name: str) -> dict[str, Any]:
    """A task of a hook that notes on the controller which host it ran for."""
    return {
        "name": f"Note {name}",
        "ansible.builtin.shell": f"echo {name} {{{{ inventory_hostname }}}} >> {{{{ playbook_dir }}}}/hooks",
        "delegate_to": "localhost",
        "become": False,
    }


def with_hooks(controller: Controller) -> dict[str, Any]:
    """The variables for hooks that leave notes; the one afterwards also needs the new system."""
    return {
        "before_tasks": [controller.hook("before.yml", noting("before"))],
        "after_tasks": [controller.hook("after.yml", USE, noting("after"))],
        "failure_tasks": [controller.hook("failure.yml", noting("failure"))],
    }


def notes(controller: Controller) -> list[str]:
    """What the hooks have noted."""
    path = controller.folder / "hooks"
    return sorted(path.read_text(encoding="utf-8").splitlines()) if path.exists() else []
