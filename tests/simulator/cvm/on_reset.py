# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command of ``--on-reset``, which does outside what the simulator only claims."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable

from .installs import Install

TIMEOUT_SECONDS = 300.0


class Command:
    """Runs a command for each install, several at a time; fails the operation with what it wrote to stderr."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def __call__(self, install: Install, finished: Callable[[str | None], None]) -> None:
        """Start the command; ``finished`` is called from another thread."""
        threading.Thread(target=lambda: finished(self._run(install)), daemon=True).start()

    def _run(self, install: Install) -> str | None:
        # A file, since a server that the command leaves behind would keep a pipe open.
        with tempfile.TemporaryFile() as errors:
            try:
                done = subprocess.run(
                    self._words,
                    input=_secrets(install),
                    env={**os.environ, **_variables(install)},
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    timeout=TIMEOUT_SECONDS,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                return str(error)
            errors.seek(0)
            text = errors.read().decode("utf-8", "replace").strip()
        return None if done.returncode == 0 else text or f"The command ended with {done.returncode}."


def _variables(install: Install) -> dict[str, str]:
    return {
        "SIM_EVENT": install.event,
        "SIM_INSTANCE_ID": install.instance_id,
        "SIM_IMAGE_ID": install.image_id,
        "SIM_CONTENT": install.content,
        "SIM_HOST_NAME": install.host_name,
        "SIM_LOGIN_USER": install.login_user,
        "SIM_USER_DATA": install.user_data,
        "SIM_KEY_IDS": ",".join(install.key_ids),
        "SIM_PASSWORD_SET": str(int(bool(install.password))),
        "SIM_KEEP_LOGIN": str(int(install.keeps_login)),
    }


def _secrets(install: Install) -> bytes:
    document = {
        "password": install.password,
        "user_data": install.user_data,
        "key_ids": list(install.key_ids),
        "public_keys": list(install.public_keys),
    }
    return json.dumps(document).encode()
