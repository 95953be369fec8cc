# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for get-pip.py, which ansible-test downloads from a host that not every network reaches.

Python's own ensurepip brings a pip, which then installs the releases that ansible-test asks for.
"""

from __future__ import annotations

import subprocess
import sys

# Options of get-pip.py that pip itself does not know.
FOREIGN = {"--no-setuptools", "--no-wheel"}


def main() -> int:
    """Install what the arguments name into the running interpreter's environment."""
    # In a process of its own: ensurepip drops the PIP_* settings, certificates and indexes among them.
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], check=True)
    arguments = [argument for argument in sys.argv[1:] if argument not in FOREIGN]
    return subprocess.run([sys.executable, "-m", "pip", "install", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
