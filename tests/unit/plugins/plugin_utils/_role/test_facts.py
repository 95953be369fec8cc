# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which facts no host may give, and that those of honest hosts are none of them."""

from __future__ import annotations

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.facts import forbidden

HONEST = """
    all_ipv4_addresses apparmor architecture bios_date cmdline date_time default_ipv4 devices
    discovered_interpreter_python distribution distribution_version dns effective_user_id env
    fibre_channel_wwn fips hostname interfaces is_chroot kernel local lsb lvm machine_id memory_mb
    module_setup mounts nodename os_family pkg_mgr processor python python_version selinux service_mgr
    ssh_host_key_ed25519_public ssh_host_key_rsa_public_keytype system user_dir user_id userspace_bits
    gather_subset _ansible_facts_gathered packages services facter_virtual ohai_hostname
""".split()
LIES = """
    reset_instance_user_data reset_instance_failure __reset_instance_options __reset_instance_is_whole
    cvm_instance_id cvm_region awx_job_id tower_job_id inventory_hostname inventory_dir group_names role_path
    delegated_vars no_log failed_task lookup query now hostvars host_key_checking ssh_host_key_checking
    control_path scp_executable sftp_executable private_key_passphrase sudo_exe paramiko_host_key_checking
""".split()


def test_what_setup_and_other_modules_answer_is_fine() -> None:
    assert forbidden(HONEST) == []


@pytest.mark.parametrize("name", LIES)
def test_what_passes_for_somebody_elses_word_is_not(name: str) -> None:
    assert forbidden([*HONEST, name]) == [name]
    assert forbidden([f"ansible_{name}"]) == [f"ansible_{name}"]


def test_each_is_named_once_and_in_order() -> None:
    assert forbidden(["cvm_zone", "cvm_region", "cvm_zone"]) == ["cvm_region", "cvm_zone"]
