#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssh_host_key
short_description: Manage the host keys of a server that gets new ones
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - >-
    A server that is reinstalled gets new host keys, and ssh refuses to connect while the file C(known_hosts) has the
    old ones. This module sets the old ones aside before, waits for the new ones after, and can bring the old ones back.
  - It runs where the file is, normally on the controller, and calls no API.
  - >-
    It changes what one file says about O(names) with O(port), and nothing else. A line that serves other names too
    keeps those. Comments, lines that it does not understand, patterns with wildcards, and lines with a marker
    (C(@revoked), C(@cert-authority)) stay as they are, even where they concern the names.
  - >-
    O(state=scanned) trusts what answers on the network at that time. Keys that were handed to the server by a safe way
    need O(state=present) instead.
extends_documentation_fragment:
  - tencent.cloud.progress
attributes:
  check_mode:
    description: >-
      The file stays as it is. O(state=scanned) looks at the server once; while it does not answer with a new host key
      yet, a change is reported without one.
    support: full
  diff_mode:
    description: It shows the lines of the names before and after.
    support: full
  idempotent:
    description: Lines that already say what is asked for are left alone.
    support: full
  platform:
    description: Where it runs.
    platforms: posix
    support: full
options:
  state:
    description:
      - V(absent) removes the entries of the names, hashed ones too, and returns them.
      - V(present) gives the names the host keys O(keys) and no others.
      - V(restored) gives the names the lines O(entries) and no others, as V(absent) returned them.
      - V(scanned) waits until the server answers with new host keys, and then does what V(present) does with them.
      - V(read) changes nothing.
    type: str
    required: true
    choices: [absent, present, restored, scanned, read]
  host:
    description: The name or address of the server, to scan it.
    type: str
    required: true
  port:
    description: The port of its ssh server. For any other than 22 the entries are those for C([NAME]:PORT).
    type: int
    default: 22
  names:
    description:
      - All names and addresses that the server is connected to by. An empty list is treated as unset.
      - By default O(host) alone.
    type: list
    elements: str
  path:
    description:
      - The file. When it is written, a file C(PATH.lock) beside it keeps other tasks of the machine waiting.
      - >-
        It is replaced by a new one, so that a reader sees all or nothing of it. A file that is a mount of its own, as
        in many containers, and one whose folder takes no new file, is written in place; if that fails, what it said is
        written back. A reader may see a part of such a file in between, and so it stays if the machine stops in that
        moment.
    type: path
    default: ~/.ssh/known_hosts
  hash_host:
    description: Whether the names in new lines are hashed. Lines that need no change stay as they are.
    type: bool
    default: false
  keys:
    description: The host keys for O(state=present), each its type and base64; a comment behind them is left out.
    type: list
    elements: str
  entries:
    description: The lines for O(state=restored), as RV(entries) had them. Without any, the names end up with none.
    type: list
    elements: str
  not_keys:
    description: With O(state=scanned), the old host keys. An answer that has one of them does not count.
    type: list
    elements: str
    default: []
  scan:
    description: With O(state=read), whether to ask the server as well, once. No answer is not an error.
    type: bool
    default: false
  scan_interval:
    description: With O(state=scanned), the seconds between two scans.
    type: float
    default: 2
  stable_seconds:
    description:
      - With O(state=scanned), for how many seconds the answers must be equal.
      - cloud-init replaces the host keys that an image brings, and the server may answer with them before.
      - At least two answers must be equal.
    type: float
    default: 5
  timeout:
    description: With O(state=scanned), after how many seconds to give up.
    type: float
    default: 300
requirements:
  - The programs C(ssh-keyscan), to scan, and C(ssh-keygen), for hashed lines, of OpenSSH.
seealso:
  - module: tencent.cloud.cvm_reset_instance
  - plugin: tencent.cloud.user_data_with_host_key
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Set the old host keys aside
  tencent.cloud.ssh_host_key:
    state: absent
    host: web-01.example.com
    names: [web-01.example.com, 192.0.2.10]
  delegate_to: localhost
  register: old

- name: Wait for the new ones, and trust them
  tencent.cloud.ssh_host_key:
    state: scanned
    host: web-01.example.com
    names: [web-01.example.com, 192.0.2.10]
    not_keys: "{{ old.previous_keys }}"
  delegate_to: localhost

- name: Enter a host key that is known from elsewhere
  tencent.cloud.ssh_host_key:
    state: present
    host: web-01.example.com
    port: 2222
    keys:
      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3sL8nA0rAqqHqvBq1PzqvTq2tS1m0oY8i8wS3m0dQe
  delegate_to: localhost

- name: Look at what is known, and at what the server answers
  tencent.cloud.ssh_host_key:
    state: read
    host: web-01.example.com
    scan: true
  delegate_to: localhost

- name: Bring the old ones back
  tencent.cloud.ssh_host_key:
    state: restored
    host: web-01.example.com
    names: [web-01.example.com, 192.0.2.10]
    entries: "{{ old.entries }}"
  delegate_to: localhost
"""

RETURN = r"""
host_keys:
  description:
    - The host keys that the file has for the names from now on, each its type and base64.
    - In check mode those that it would have, as far as they are known.
  returned: always
  type: list
  elements: str
  sample: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3sL8nA0rAqqHqvBq1PzqvTq2tS1m0oY8i8wS3m0dQe"]
fingerprints:
  description: Their fingerprints, in the same order.
  returned: always
  type: list
  elements: str
  sample: ["SHA256:5y4F0fp5u7d3xkV4mYk4cO6Q4sZdPq8q2m9qvUu0m7A"]
previous_keys:
  description: The host keys that the file had for the names before, as RV(host_keys).
  returned: always
  type: list
  elements: str
  sample: []
entries:
  description:
    - The lines that the file had for the names before, for O(state=restored).
    - Of a line that serves other names too, only the names of the task.
  returned: always
  type: list
  elements: str
  sample: []
scanned_keys:
  description: What the server answered with last; empty when nothing answered. V(null) when it was not asked.
  returned: always
  type: list
  elements: str
  sample: null
waited_seconds:
  description: How many seconds it took to see the new host keys, or to give up.
  returned: always
  type: float
  sample: 12.3
changed:
  description: Whether the file was changed, or would be in check mode.
  returned: always
  type: bool
  sample: true
problems:
  description: Everything that is wrong with the options. Empty unless the task was refused for it.
  returned: always
  type: list
  elements: dict
  contains:
    code:
      description: Always C(InvalidOption).
      type: str
    option:
      description: The option to change.
      type: str
    message:
      description: What is wrong.
      type: str
    fix:
      description: What to do.
      type: str
  sample: []
error:
  description: The error that ended the task. V(null) when there is none.
  returned: always
  type: dict
  contains:
    code:
      description: >-
        One of C(InvalidOption), C(NoProgram), C(FileError), C(NoHostKey), C(OldHostKey), C(UnstableHostKey),
        C(Interrupted).
      type: str
    message:
      description: What happened.
      type: str
    request_id:
      description: Always V(null).
      type: str
    action:
      description: Always V(null).
      type: str
  sample: null
"""

from collections.abc import Mapping
from typing import Any

from ..module_utils._engine.progress import lines_about
from ..module_utils._errors import TencentCloudError
from ..module_utils._module import Report, Task, run
from ..module_utils._problems import as_data, problems_of
from ..module_utils._ssh.host_key import fingerprint
from ..module_utils._ssh.known_hosts import Change, Edit, edited, exactly, replaced_by, unchanged, without_entries
from ..module_utils._ssh.openssh import OpenSsh
from ..module_utils._ssh.options import HostKeyTask, option_problems, wanted_from
from ..module_utils._ssh.stable_keys import Keys, NotSettled, wait_for_stable_keys

SPEC: dict[str, Any] = {
    "state": {"type": "str", "required": True, "choices": ["absent", "present", "restored", "scanned", "read"]},
    "host": {"type": "str", "required": True},
    "port": {"type": "int", "default": 22},
    "names": {"type": "list", "elements": "str"},
    "path": {"type": "path", "default": "~/.ssh/known_hosts"},
    "hash_host": {"type": "bool", "default": False},
    "keys": {"type": "list", "elements": "str", "no_log": False},
    "entries": {"type": "list", "elements": "str"},
    "not_keys": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "scan": {"type": "bool", "default": False},
    "scan_interval": {"type": "float", "default": 2},
    "stable_seconds": {"type": "float", "default": 5},
    "timeout": {"type": "float", "default": 300},
    "progress": {"type": "bool", "default": True},
}


def manage(task: Task) -> Report:
    """Bring the file into the state that is asked for."""
    task.checked(option_problems(task.options))
    wanted, ssh = wanted_from(task.options), OpenSsh(task.command)
    scanned, waited = look(wanted, task, ssh)
    if wanted.state == "scanned" and task.check and not acceptable(scanned, wanted):
        now = edited(wanted.path, wanted.names, without_entries, ssh, check=True)
        return Report(result(now, [], scanned, waited) | {"changed": True})
    edit = edit_for(wanted, scanned, ssh)
    change = edited(wanted.path, wanted.names, edit, ssh, check=task.check, clock=task.clock)
    keys = {
        "absent": [],
        "present": wanted.keys,
        "restored": wanted.entry_keys,
        "scanned": list(scanned or ()),
        "read": change.before.all_keys,
    }[wanted.state]
    return Report(result(change, keys, scanned, waited), diff=difference(change, wanted.path))


def look(wanted: HostKeyTask, task: Task, ssh: OpenSsh) -> tuple[Keys | None, float]:
    """What the server answers, if it is asked, and the seconds that it took."""

    def ask(seconds: float) -> Keys:
        return ssh.scan(wanted.host, wanted.port, seconds)

    if wanted.state == "scanned" and not task.check:
        server = f"{wanted.host} (port {wanted.port})"
        tell = lines_about(server, task.say)
        return wait_for_stable_keys(
            ask, wanted.not_keys, wanted.patience, task.clock, server, lambda state: tell("polled", {"state": state})
        )
    once = wanted.state == "scanned" or (wanted.state == "read" and wanted.scan)
    return (ask(wanted.patience.timeout), 0.0) if once else (None, 0.0)


def acceptable(keys: Keys | None, wanted: HostKeyTask) -> bool:
    """Whether an answer is one with new host keys."""
    return bool(keys) and not set(keys or ()) & set(wanted.not_keys)


def edit_for(wanted: HostKeyTask, scanned: Keys | None, ssh: OpenSsh) -> Edit:
    """What to do to the lines of the names."""
    hashed_by = ssh if wanted.hash_host else None
    edits: dict[str, Edit] = {
        "absent": without_entries,
        "present": exactly(wanted.names, wanted.keys, hashed_by=hashed_by),
        "restored": replaced_by(wanted.entries),
        "scanned": exactly(wanted.names, scanned or (), hashed_by=hashed_by),
        "read": unchanged,
    }
    return edits[wanted.state]


def difference(change: Change, path: str) -> dict[str, str]:
    """The lines of the names before and after."""
    return {
        "before_header": path,
        "after_header": path,
        "before": "".join(f"{line}\n" for line in change.before.entries),
        "after": "".join(f"{line}\n" for line in change.entries),
    }


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended with an error."""
    keys, waited = (error.keys, error.waited) if isinstance(error, NotSettled) else (None, 0.0)
    return result(None, [], keys, waited, error)


def result(
    change: Change | None, keys: list[str], scanned: Keys | None, waited: float, error: TencentCloudError | None = None
) -> dict[str, Any]:
    """The keys that the module returns."""
    return {
        "changed": change is not None and change.is_one,
        "host_keys": keys,
        "fingerprints": [fingerprint(key) for key in keys],
        "previous_keys": change.before.all_keys if change else [],
        "entries": change.before.entries if change else [],
        "scanned_keys": None if scanned is None else list(scanned),
        "waited_seconds": round(waited, 1),
        "problems": as_data(problems_of(error)) if error else [],
        "error": error.as_dict() if error else None,
    }


def main() -> None:
    needs = [("state", "present", ["keys"]), ("state", "restored", ["entries"])]
    run(SPEC, manage, failed, calls_api=False, required_if=needs)


if __name__ == "__main__":
    main()
