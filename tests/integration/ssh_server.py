# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server's host keys, without a server."""

from __future__ import annotations

from pathlib import Path

OLD = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3sL8nA0rAqqHqvBq1PzqvTq2tS1m0oY8i8wS3m0dQe"
NEW = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk3l9wXn0m2F7cKx5y1d6s8t4u3v2w1x0y9z8A7B6C5"


def replace_ssh_keyscan(folder: Path, *answers: str) -> None:
    """Put an ssh-keyscan into a folder that answers with these keys in turn, the last for ever."""
    for number, key in enumerate(answers or (NEW,)):
        (folder / f"answer-{number}").write_text(f"server {key}\n" if key else "", encoding="utf-8")
    program = folder / "ssh-keyscan"
    shift = "n=0; while [ -e answer-$((n + 1)) ]; do mv answer-$((n + 1)) answer-$n; n=$((n + 1)); done"
    program.write_text(f"#!/bin/sh\ncd '{folder}' && cat answer-0\n{shift}\n", encoding="utf-8")
    program.chmod(0o755)
