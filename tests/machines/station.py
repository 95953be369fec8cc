# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine of the fleet: installs, restores and boots what the simulator says."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import system
from .description import MachineDescription
from .disk import Disk
from .errors import MachinesError
from .host import Host
from .images import Behaviour
from .store import Store
from .system import Login

RESTORE = "restore"
Event = Mapping[str, Any]


def first_content(instance_id: str) -> str:
    """What the simulator calls the content of an instance's disk at the start, unless its world names the disk."""
    return f"disk-{instance_id.partition('-')[2]}/0"


class Station:
    """A host, the disk in it, and what this disk's content is called."""

    def __init__(self, instance_id: str, described: MachineDescription, host: Host, store: Store) -> None:
        self.host = host
        self._store = store
        self._name = described.host_name or instance_id
        self._overrides: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._content = described.content or first_content(instance_id)
        self._disk = self._blank(described.image)
        login = Login(self._disk.image.user, described.password, [store.description.public_key])
        system.initialise(self._disk, self._name, host.address, login, "", is_new=True)

    @property
    def port(self) -> int:
        """Where sshd listens, if it does."""
        return self._disk.image.port

    def boot(self, behaviour: Behaviour | None = None) -> None:
        """Start the machine, again if it runs: nothing that ran before is left."""
        self.host.stop()
        self.host.start(self._disk, self._name, behaviour or Behaviour())

    def behave(self, event: str, values: dict[str, Any]) -> None:
        """Make the event go like this from now on, whatever the image says; raises TypeError for an unknown name."""
        replace(Behaviour(), **values)
        self._overrides[event] = values

    def install(self, event: Event) -> None:
        """Do what the simulator says; raises MachinesError, and what runs goes on, if it is made to fail."""
        with self._lock:
            old = self._old(event)
            image = old.image if old else self._store.description.image(event["image_id"])
            behaviour = Behaviour() if event["event"] == RESTORE else image.behaviour
            behaviour = replace(behaviour, **self._overrides.get(event["event"], {}))
            if behaviour.fail:
                raise MachinesError(behaviour.fail)
            self.host.stop()
            if not behaviour.reboot_only:
                self._store.keep(self._content, self._disk)
                self._disk = old.copy(self._store.place()) if old else self._blank(event["image_id"])
                self._content = event["content"]
                self._initialise(event, is_new=old is None)
            self.boot(behaviour)

    def _old(self, event: Event) -> Disk | None:
        if event["content"] == self._content:
            return self._disk
        found = self._store.find(event["content"])
        if found is None and event["event"] == RESTORE:
            raise MachinesError(f"No machine ever had a disk with {event['content']}.")
        return found

    def _blank(self, image_id: str) -> Disk:
        image = self._store.description.image(image_id)
        disk = Disk.blank(self._store.place(), image)
        baked = self._store.baked_keys(image_id) if image.behaviour.baked_host_key_seconds else None
        system.install(disk, image, self.host.address, baked)
        return disk

    def _initialise(self, event: Event, *, is_new: bool) -> None:
        if event["event"] == RESTORE:
            return
        login: Login | None = Login(event["login_user"], event["password"], event["public_keys"])
        if event["keep_login"] == "1":
            image = self._disk.image
            login = Login(image.user, image.password) if is_new else None
        self._name = event["host_name"] or self._name
        system.initialise(self._disk, self._name, self.host.address, login, event["user_data"], is_new=is_new)
