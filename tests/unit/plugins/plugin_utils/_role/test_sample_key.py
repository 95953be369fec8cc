# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host key of a plan stands for a real one: it is taken as one, has its size, and opens nothing."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.sample_key import sample_key
from ansible_collections.tencent.cloud.plugins.plugin_utils._user_data import with_host_key


def _real(folder: Path) -> tuple[str, str]:
    path = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
    return path.read_text(encoding="ascii"), path.with_suffix(".pub").read_text(encoding="ascii")


def test_it_is_of_the_size_of_a_real_one(tmp_path: Path) -> None:
    sample, real = sample_key(), _real(tmp_path)
    assert [len(line) for line in sample[0].splitlines()] == [len(line) for line in real[0].splitlines()]
    assert len(sample[0]) == len(real[0])
    assert len(sample[1]) == len(real[1].strip())


def test_it_is_taken_for_one_and_makes_as_much_user_data(tmp_path: Path) -> None:
    real = _real(tmp_path)
    for user_data in (None, "#!/bin/sh\ntrue\n"):
        assert len(with_host_key(user_data, *sample_key())) == len(with_host_key(user_data, *real))


def test_ssh_keygen_reads_the_public_half(tmp_path: Path) -> None:
    path = tmp_path / "key.pub"
    path.write_text(sample_key()[1], encoding="ascii")
    found = subprocess.run(["ssh-keygen", "-l", "-f", path], check=True, capture_output=True, text=True).stdout
    assert found.startswith("256 SHA256:")
    assert "ED25519" in found


def test_it_is_the_same_each_time_and_no_secret() -> None:
    assert sample_key() == sample_key()
    public = base64.b64decode(sample_key()[1].split()[1])
    assert public.endswith(bytes(32))
