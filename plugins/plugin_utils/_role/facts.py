# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a managed host may not say: facts that would pass for an option, for Ansible's own words, or for a way in."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Facts overrule the variables of the inventory and the defaults of a role, and any module may answer with some. Ansible
# drops most of those that lead to a host (`vars/clean.py`: all of ansible_ssh_* but those that begin like
# ansible_ssh_host_key_, users, passwords, interpreters), and keeps these. In ansible_facts they lack "ansible_".
FORBIDDEN = (
    # The role and the inventory plugin; jobs of AWX, which name a run.
    r"(__)?reset_instance.*|cvm_.*|(awx|tower)_job_id",
    # What Ansible says of a host, of a role and of a failed task.
    r"inventory_.*|group_names|role_(path|name|names)|delegated_vars|no_log|failed_(task|result)|loop_var",
    # What an expression begins with.
    r"lookup|query|q|now|undef|omit|dict|range|lipsum|cycler|joiner|namespace|vars|hostvars|groups|environment",
    # How ssh logs in, and the programs of this controller that it runs for that.
    r"(ssh_)?host_key_checking|control_path(_dir)?|private_key(_passphrase)?|sshpass_prompt|remote_tmp",
    r"(scp|sftp)_(executable|if_ssh|batch_mode)|(paramiko|su|sudo|runas)_.*",
)
_IS_FORBIDDEN = re.compile("|".join(f"(?:{one})" for one in FORBIDDEN))


def forbidden(names: Iterable[str]) -> list[str]:
    """Those of the names of facts, with ``ansible_`` or without, that no host may give; sorted."""
    return sorted({name for name in names if _IS_FORBIDDEN.fullmatch(re.sub("^ansible_", "", name))})
